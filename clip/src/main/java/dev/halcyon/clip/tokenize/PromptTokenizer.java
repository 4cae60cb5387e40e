package dev.halcyon.clip.tokenize;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import dev.halcyon.clip.ModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Turns prompts into token ids as the model's tokenizer.json says, start and end marks included,
 * never cut and never padded. Safe for use by any thread; close it last.
 */
public final class PromptTokenizer implements AutoCloseable {
  private final HuggingFaceTokenizer tokenizer;
  private final boolean lowercase;

  /**
   * Opens a tokenizer.json.
   *
   * @param lowercase whether to lower-case prompts first
   * @throws ModelException if the file cannot be used
   */
  public static PromptTokenizer open(Path tokenizerJson, boolean lowercase) {
    NativeLibraryFolder.prepare();
    try {
      return new PromptTokenizer(
          HuggingFaceTokenizer.builder()
              .optTokenizerPath(tokenizerJson)
              .optAddSpecialTokens(true)
              .optTruncation(false)
              .optPadding(false)
              .build(),
          lowercase);
    } catch (IOException | RuntimeException e) {
      throw new ModelException(
          tokenizerJson + ": not a usable tokenizer: " + e.getMessage() + "; fetch it again", e);
    }
  }

  private PromptTokenizer(HuggingFaceTokenizer tokenizer, boolean lowercase) {
    this.tokenizer = tokenizer;
    this.lowercase = lowercase;
  }

  /** Token ids of one prompt. */
  public long[] encode(String prompt) {
    Encoding encoding = tokenizer.encode(lowercase ? prompt.toLowerCase(Locale.ROOT) : prompt);
    return encoding.getIds();
  }

  @Override
  public void close() {
    tokenizer.close();
  }

  /**
   * Where the library unpacks its native part. By default that is under the home directory, which a
   * container may not let us write.
   */
  private static final class NativeLibraryFolder {
    private static final String PROPERTY = "ENGINE_CACHE_DIR";

    private NativeLibraryFolder() {}

    static void prepare() {
      if (System.getProperty("ai.djl.offline") == null) {
        System.setProperty("ai.djl.offline", "true");
      }
      if (System.getenv(PROPERTY) != null || System.getProperty(PROPERTY) != null) {
        return;
      }
      Path home = Path.of(System.getProperty("user.home", "/"));
      if (!Files.isWritable(home)) {
        Path folder =
            Path.of(
                System.getProperty("java.io.tmpdir"),
                "halcyon-native-" + System.getProperty("user.name"));
        System.setProperty(PROPERTY, folder.toString());
      }
    }
  }
}
