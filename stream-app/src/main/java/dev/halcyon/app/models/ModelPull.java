package dev.halcyon.app.models;

import dev.halcyon.app.models.PulledFile.Trust;
import dev.halcyon.clip.EngineSettings.Weights;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * Fetches a model of the catalogue into a folder: every file beside its final place, resumed where
 * an earlier fetch ended, checked, and all of them moved into place in one step. A folder of models
 * therefore only ever holds whole ones. Used by one thread.
 */
public final class ModelPull {
  private static final String LOCK = ".lock";

  private final Sources sources;
  private final Download download;
  private final Observer observer;

  /**
   * Where files come from.
   *
   * @param base address that repositories are below: Hugging Face, or a mirror of it
   * @param cache folder with files at REPOSITORY/REVISION/PATH, read first and added to
   * @param offline whether nothing but the cache may be asked
   */
  public record Sources(URI base, Optional<Path> cache, boolean offline) {
    /** Where models are published. */
    public static final URI HUGGING_FACE = URI.create("https://huggingface.co");

    URI uri(String repository, String revision, String path) {
      String root = base.toString().replaceAll("/+$", "");
      return URI.create(root + "/" + repository + "/resolve/" + revision + "/" + path);
    }

    Optional<Path> cached(String repository, String revision, String path) {
      return cache.map(folder -> folder.resolve(repository).resolve(revision).resolve(path));
    }
  }

  /** Is told how far it is. */
  public interface Observer {
    /** A file is begun. */
    void begins(CatalogueFile file);

    /** So many bytes of it are there. */
    void at(CatalogueFile file, long bytes);
  }

  /** A sound copy of a model. */
  @FunctionalInterface
  public interface Trial {
    /**
     * Runs the model once.
     *
     * @throws PullException if it does not run
     */
    void run(Path folder) throws PullException;
  }

  /**
   * What was fetched.
   *
   * @param folder where it is
   * @param lock the file in which hashes were recorded
   */
  public record Pulled(Path folder, List<PulledFile> files, Path lock) {}

  ModelPull(Sources sources, Download download, Observer observer) {
    this.sources = sources;
    this.download = download;
    this.observer = observer;
  }

  /**
   * Fetches a model.
   *
   * @param into the folder of models
   * @param trial run on the whole copy before it is moved into place
   * @throws PullException if it cannot be fetched; what is there stays for the next try
   */
  public Pulled pull(CatalogueModel model, Weights precision, Path into, Trial trial)
      throws PullException, InterruptedException {
    String name = model.folder(precision);
    Path target = into.resolve(name);
    if (Files.exists(target)) {
      throw new PullException(
          target + ": is there already; check it with 'halcyon models check', or remove it first");
    }
    Path partial = into.resolve("." + name + ".partial");
    try {
      Files.createDirectories(partial);
    } catch (IOException e) {
      throw new PullException(partial + ": cannot be made: " + e.getMessage(), e);
    }
    try (FileChannel channel =
            FileChannel.open(
                partial.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock ours = lock(channel, partial)) {
      requireSpace(model.filesOf(precision), partial);
      LockFile lock = LockFile.open(into);
      List<PulledFile> files = new ArrayList<>();
      for (CatalogueFile file : model.filesOf(precision)) {
        files.add(fetch(file, lock.sha256(name, file.target()), partial));
      }
      new PulledManifest(sources, download).write(model, name, files, partial);
      trial.run(partial);
      tidy(partial, files);
      lock.record(name, files);
      Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
      Files.deleteIfExists(target.resolve(LOCK));
      return new Pulled(target, files, lock.file());
    } catch (IOException e) {
      throw new PullException(partial + ": " + e.getMessage(), e);
    }
  }

  private static FileLock lock(FileChannel channel, Path partial)
      throws IOException, PullException {
    try {
      FileLock ours = channel.tryLock();
      if (ours != null) {
        return ours;
      }
    } catch (OverlappingFileLockException e) {
      // Another thread of this program has it.
    }
    throw new PullException(partial + ": another pull is at work there; wait for it");
  }

  private static void requireSpace(List<CatalogueFile> files, Path partial)
      throws IOException, PullException {
    long needed = files.stream().mapToLong(CatalogueFile::expectedBytes).sum();
    long free = Files.getFileStore(partial).getUsableSpace();
    if (needed > free) {
      throw new PullException(
          partial + ": needs " + needed + " bytes, the disk has " + free + " left");
    }
  }

  private PulledFile fetch(CatalogueFile file, Optional<String> locked, Path partial)
      throws PullException, IOException, InterruptedException {
    observer.begins(file);
    Path whole = partial.resolve(file.target());
    Path part = whole.resolveSibling(whole.getFileName() + ".part");
    Files.createDirectories(whole.getParent());
    if (Files.isRegularFile(whole)) {
      // An earlier fetch had it already; it is checked again like any other.
      Files.move(whole, part, StandardCopyOption.REPLACE_EXISTING);
    }
    Optional<Path> cached = sources.cached(file.repository(), file.revision(), file.path());
    if (cached.isPresent() && Files.isRegularFile(cached.get())) {
      Files.copy(cached.get(), part, StandardCopyOption.REPLACE_EXISTING);
      observer.at(file, Files.size(part));
      return settle(
          file,
          locked,
          new Download.Published(Optional.empty(), file.bytes(), Optional.empty()),
          part,
          whole,
          "the cache " + cached.get());
    }
    URI uri = sources.uri(file.repository(), file.revision(), file.path());
    if (sources.offline()) {
      throw new PullException(
          file.path()
              + ": is not in the cache, and --offline forbids asking "
              + uri
              + "; fetch it elsewhere and put it at "
              + cached.map(Path::toString).orElse("the folder given by --cache"));
    }
    boolean resumed = Files.isRegularFile(part);
    Download.Published published = download(file, uri, part);
    PulledFile pulled;
    try {
      pulled = settle(file, locked, published, part, whole, uri.toString());
    } catch (PullException e) {
      if (!resumed) {
        throw e;
      }
      // The beginning may have been of another version.
      published = download(file, uri, part);
      pulled = settle(file, locked, published, part, whole, uri.toString());
    }
    if (cached.isPresent()) {
      Files.createDirectories(cached.get().getParent());
      Path draft = cached.get().resolveSibling(cached.get().getFileName() + ".new");
      Files.copy(whole, draft, StandardCopyOption.REPLACE_EXISTING);
      Files.move(
          draft, cached.get(), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }
    return pulled;
  }

  private Download.Published download(CatalogueFile file, URI uri, Path part)
      throws PullException, InterruptedException {
    return download.fetch(uri, part, file.bytes(), bytes -> observer.at(file, bytes));
  }

  /** Checks a fetched file and gives it its name; one that is not what it should be is deleted. */
  private static PulledFile settle(
      CatalogueFile file,
      Optional<String> locked,
      Download.Published published,
      Path part,
      Path whole,
      String from)
      throws PullException, IOException {
    long bytes = Files.size(part);
    String actual = sha256(part);
    OptionalLong known = file.bytes().isPresent() ? file.bytes() : published.bytes();
    Trust trust = Trust.FIRST_USE;
    for (Trust voucher : List.of(Trust.PUBLISHED, Trust.LOCKED, Trust.PINNED)) {
      Optional<String> stated =
          switch (voucher) {
            case PINNED -> file.sha256();
            case LOCKED -> locked;
            case PUBLISHED -> published.sha256();
            case FIRST_USE -> Optional.empty();
          };
      if (stated.isPresent() && !stated.get().equals(actual)) {
        Files.delete(part);
        throw new PullException(
            from
                + ": SHA-256 is "
                + actual
                + ", "
                + voucher.words()
                + " says "
                + stated.get()
                + "; the file was damaged or exchanged, and was thrown away");
      }
      trust = stated.isPresent() ? voucher : trust;
    }
    if (known.isPresent() && known.getAsLong() != bytes) {
      Files.delete(part);
      throw new PullException(from + ": has " + bytes + " bytes, not " + known.getAsLong());
    }
    Files.move(part, whole, StandardCopyOption.REPLACE_EXISTING);
    Files.deleteIfExists(part.resolveSibling(part.getFileName() + ".etag"));
    return new PulledFile(file, bytes, actual, trust, published.commit());
  }

  /** Removes what earlier fetches left that belongs to no file of the model. */
  private static void tidy(Path partial, List<PulledFile> files) throws IOException {
    List<Path> kept = new ArrayList<>();
    kept.add(partial.resolve(LOCK));
    kept.add(partial.resolve("manifest.json"));
    files.forEach(file -> kept.add(partial.resolve(file.file().target())));
    List<Path> strays;
    try (Stream<Path> all = Files.walk(partial)) {
      strays =
          all.filter(path -> Files.isRegularFile(path) && !kept.contains(path))
              .sorted(Comparator.reverseOrder())
              .toList();
    }
    for (Path stray : strays) {
      Files.delete(stray);
    }
  }

  private static String sha256(Path file) throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      try (InputStream in = Files.newInputStream(file);
          OutputStream out = new DigestOutputStream(OutputStream.nullOutputStream(), digest)) {
        in.transferTo(out);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** A pull over the network, as patient as is usual. */
  public static ModelPull over(Sources sources, long maxFileBytes, Observer observer) {
    Download.Patience usual = Download.Patience.DEFAULT;
    return new ModelPull(
        sources,
        new Download(
            java.net.http.HttpClient.newBuilder()
                .connectTimeout(java.time.Duration.ofSeconds(20))
                .build(),
            new Download.Patience(
                usual.attempts(),
                usual.firstPause(),
                usual.longestWait(),
                usual.silence(),
                maxFileBytes),
            duration -> Thread.sleep(duration.toMillis()),
            java.time.Clock.systemUTC()),
        observer);
  }
}
