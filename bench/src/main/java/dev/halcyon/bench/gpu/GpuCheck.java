package dev.halcyon.bench.gpu;

import dev.halcyon.bench.shapes.ShapeOptions;
import dev.halcyon.bench.shapes.Variant;
import dev.halcyon.clip.ExecutionProvider;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code bench/gpu-check}. */
@Command(
    name = "gpu-check",
    description = {
      "Check that a GPU computes what the CPU computes, and how near the program comes to its"
          + " speed.",
      "",
      "Models of ViT-B/32's and ViT-L/14's shape with random weights are made first (Python with"
          + " numpy and onnx). Their embeddings are compared with the CPU's in fp32. Then the"
          + " program's path from decoded pixels to embeddings is timed beside a bare loop that only"
          + " runs the session on inputs that lie ready, in alternation; \"share\" is its share of"
          + " the faster of one and two such loops, \"copy ms\" what a batch takes to the device"
          + " and back in a graph that only averages.",
      "",
      "Judged are the rows with two lanes, the program's own choice, and pictures of the first"
          + " size. The goals on an H100 or H200: 10,000 images/s for ViT-B/32, 1,500 for ViT-L/14,"
          + " of graphs with one operator for attention (fused) and batches of 64 or more; and of"
          + " every fp16 row 0.9 of the bare loop. Eight-bit weights are shown, not judged."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    usageHelpAutoWidth = true,
    footerHeading = "%nExit codes:%n",
    footer = {
      "  0  all holds",
      "  1  a figure does not hold, or a measurement failed",
      "  2  the provider or an option cannot be used; the message says what is missing"
    })
public final class GpuCheck implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--provider",
      defaultValue = "cuda",
      description = "cuda, tensorrt or cpu (${DEFAULT-VALUE}).")
  private ExecutionProvider provider;

  @Option(
      names = "--device",
      defaultValue = "0",
      description = "Index of the GPU (${DEFAULT-VALUE}).")
  private int deviceId;

  @Mixin private ShapeOptions common;

  @Option(
      names = "--shapes",
      split = ",",
      description = "Shapes to check (vit-b-32,vit-l-14; with --quick tiny).")
  private List<String> shapes;

  @Option(
      names = "--batches",
      split = ",",
      description = "Sizes of batches (32,64,128,256; with --quick 4,8).")
  private List<Integer> batches;

  @Option(
      names = "--pictures",
      split = ",",
      description = "Sizes of the decoded pictures (224x224,640x480; with --quick 96x80).")
  private List<String> pictures;

  @Option(names = "--threads", description = "Threads that preprocess (one a processor).")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--limit",
      defaultValue = "540",
      description = "Seconds after which no further figure is begun (${DEFAULT-VALUE}).")
  private int limitSeconds;

  @Override
  public Integer call() throws Exception {
    Plan plan = plan();
    return common.run(lines -> new CheckRun(plan, common.maker(), new Figures(lines)).run());
  }

  private Plan plan() {
    try {
      return new Plan(
          provider,
          deviceId,
          shapes != null
              ? shapes
              : common.quick() ? List.of(Variant.TINY) : List.of("vit-b-32", "vit-l-14"),
          batches != null ? batches : common.quick() ? List.of(4, 8) : List.of(32, 64, 128, 256),
          (pictures != null
                  ? pictures
                  : common.quick() ? List.of("96x80") : List.of("224x224", "640x480"))
              .stream().map(Plan.PictureSize::parse).toList(),
          threads,
          common.rounds(),
          common.time(),
          limitSeconds,
          common.quick());
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage());
    }
  }
}
