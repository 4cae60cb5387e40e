package dev.halcyon.app.speed;

import dev.halcyon.clip.decode.RgbImage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The program's path over one encoder beside bare loops, in images a second, in alternation.
 *
 * @param bare of the bare loops, in the order of their lanes
 * @param ours of the program's path
 * @param share ours of the fastest bare loop, round by round
 */
public record SpeedComparison(List<Spread> bare, Spread ours, Spread share) {
  /**
   * What is compared.
   *
   * @param batch images of a batch
   * @param bareLanes how many bare loops run at the same time; each number is a measurement
   * @param lanes batches of the program that may run at the same time
   * @param threads threads that preprocess
   * @param rounds how often each is measured
   * @param time of each measurement, at least
   */
  public record Case(
      int batch, List<Integer> bareLanes, int lanes, int threads, int rounds, Duration time) {

    /**
     * How long one round will take where the encoder is the limit: every loop fills its lanes
     * before it is timed, and ends with a batch.
     *
     * @param imageSeconds what one image takes
     */
    public double roundSeconds(double imageSeconds) {
      double run = batch * imageSeconds;
      double least = time.toNanos() / 1e9;
      double bare = 0;
      for (int count : bareLanes) {
        bare += count * run + Math.max(least, count * run);
      }
      return bare + (lanes + 1) * run + least + run;
    }

    /** The same, in another number of rounds. */
    public Case in(int otherRounds) {
      return new Case(batch, bareLanes, lanes, threads, otherRounds, time);
    }
  }

  /** Measures. */
  public static SpeedComparison of(EncoderSpeed encoder, Case what, List<RgbImage> pictures)
      throws InterruptedException {
    List<List<Double>> bare = new ArrayList<>();
    what.bareLanes().forEach(lanes -> bare.add(new ArrayList<>()));
    List<Double> ours = new ArrayList<>();
    List<Double> share = new ArrayList<>();
    for (int round = 0; round < what.rounds(); round++) {
      double fastest = 0;
      for (int i = 0; i < bare.size(); i++) {
        double rate = encoder.bare(what.batch(), what.bareLanes().get(i), pictures, what.time());
        bare.get(i).add(rate);
        fastest = Math.max(fastest, rate);
      }
      double rate =
          encoder.batched(what.batch(), what.lanes(), what.threads(), pictures, what.time());
      ours.add(rate);
      share.add(rate / fastest);
    }
    return new SpeedComparison(
        bare.stream().map(Spread::of).toList(), Spread.of(ours), Spread.of(share));
  }

  /** Of the fastest bare loop. */
  public Spread ceiling() {
    return bare.stream().max(Comparator.comparingDouble(Spread::median)).orElseThrow();
  }
}
