package dev.halcyon.clip;

import java.util.Locale;

/** Where the model runs. */
public enum ExecutionProvider {
  /** CUDA where it works, else the CPU, with a warning where a GPU is left unused. */
  AUTO,
  /** The CPU. */
  CPU,
  /** An NVIDIA GPU through CUDA; its absence is an error. */
  CUDA,
  /** An NVIDIA GPU through TensorRT; its absence is an error. */
  TENSORRT;

  /** Name as settings write it. */
  public String settingName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
