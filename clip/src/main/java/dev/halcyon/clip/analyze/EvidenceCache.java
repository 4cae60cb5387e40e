package dev.halcyon.clip.analyze;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.halcyon.clip.EngineObserver;
import dev.halcyon.clip.EngineObserver.CacheLookup;
import dev.halcyon.clip.Evidence;
import dev.halcyon.clip.TextAnalysis;
import dev.halcyon.clip.TextEvidence;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Stream;

/**
 * Evidence by content, bounded by memory. Evidence that is being made is found as well, so that a
 * burst of one image is analyzed once; what fails is forgotten. The model is part of the key by
 * construction: a cache belongs to one pipeline, and a pipeline to one model. Safe for use by any
 * thread.
 */
final class EvidenceCache {
  /** Memory of an entry beside its embeddings: key, records, the cache's own node. */
  private static final int ENTRY_BYTES = 600;

  private static final int TEXT_BOX_BYTES = 120;

  /**
   * The same bytes looked at in the same way.
   *
   * @param sha256 SHA-256 in hex of the encoded image
   */
  record Key(String sha256, TextAnalysis text) {}

  private final Cache<Key, Evidence> made;
  private final ConcurrentMap<Key, CompletableFuture<Evidence>> beingMade =
      new ConcurrentHashMap<>();
  private final EngineObserver observer;

  EvidenceCache(long maxBytes, EngineObserver observer) {
    this.observer = observer;
    this.made =
        Caffeine.newBuilder()
            .maximumWeight(maxBytes)
            .weigher((Key key, Evidence evidence) -> bytes(evidence))
            .executor(Runnable::run)
            .build();
  }

  /**
   * The evidence that is there or being made; else {@code mine} is what others find from now on,
   * and the caller must end it with {@link #made} or {@link #failed}.
   */
  Optional<CompletableFuture<Evidence>> findOr(Key key, CompletableFuture<Evidence> mine) {
    Evidence hit = made.getIfPresent(key);
    if (hit == null) {
      CompletableFuture<Evidence> joined = beingMade.putIfAbsent(key, mine);
      if (joined != null) {
        observer.cacheLookedUp(CacheLookup.JOINED);
        return Optional.of(joined);
      }
      // It may have been made between the two looks.
      hit = made.getIfPresent(key);
      if (hit == null) {
        observer.cacheLookedUp(CacheLookup.MISS);
        return Optional.empty();
      }
      beingMade.remove(key, mine);
      mine.complete(hit);
    }
    observer.cacheLookedUp(CacheLookup.HIT);
    return Optional.of(CompletableFuture.completedFuture(hit));
  }

  /** Ends what {@link #findOr} began: keeps the evidence, then gives it to whoever waits. */
  void made(Key key, CompletableFuture<Evidence> mine, Evidence evidence) {
    made.put(key, evidence);
    beingMade.remove(key, mine);
    mine.complete(evidence);
  }

  /** Ends what {@link #findOr} began: forgets the image, then fails whoever waits. */
  void failed(Key key, CompletableFuture<Evidence> mine, Throwable failure) {
    beingMade.remove(key, mine);
    mine.completeExceptionally(failure);
  }

  static int bytes(Evidence evidence) {
    Optional<TextEvidence> text = evidence.text();
    long embeddings =
        1
            + evidence.parts().size()
            + text.stream()
                .flatMap(t -> Stream.of(t.masked(), t.textOnly(), t.control(), t.mirror()))
                .filter(Optional::isPresent)
                .count();
    int boxes = text.map(t -> t.boxes().size()).orElse(0);
    return Math.toIntExact(
        ENTRY_BYTES
            + embeddings * Float.BYTES * evidence.embedding().length
            + (long) boxes * TEXT_BOX_BYTES);
  }
}
