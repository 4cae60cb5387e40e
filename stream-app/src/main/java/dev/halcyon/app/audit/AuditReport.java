package dev.halcyon.app.audit;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What an audit found about one label set with one model.
 *
 * @param labelSet name of the set
 * @param contentHash SHA-256 in hex of its canonical form
 * @param model id of the model
 * @param modelHash its hash
 * @param day the day for which waivers and expiry were judged
 * @param judged how many labels were judged
 * @param baselines what everyday sentences measure, by axis
 * @param measures every label on every axis
 * @param findings what there is to say
 * @param pictures what labelled pictures showed, where they were looked at
 */
public record AuditReport(
    String labelSet,
    String contentHash,
    String model,
    String modelHash,
    LocalDate day,
    int judged,
    List<Baseline> baselines,
    List<LabelMeasure> measures,
    List<Finding> findings,
    Optional<PictureReport> pictures) {

  /**
   * How far everyday sentences about people lean on an axis.
   *
   * @param axis the axis
   * @param groups its groups
   * @param medianSkew median of their skews
   * @param medianLeakage median of their leakages
   */
  public record Baseline(
      String axis, List<String> groups, double medianSkew, double medianLeakage) {
    public Baseline {
      groups = List.copyOf(groups);
    }
  }

  public AuditReport {
    baselines = List.copyOf(baselines);
    measures = List.copyOf(measures);
    findings = List.copyOf(findings);
  }

  /** The findings beyond a limit. */
  public List<Finding> beyond() {
    return findings.stream().filter(finding -> finding.level() == Finding.Level.BEYOND).toList();
  }

  /**
   * The same report with what pictures showed.
   *
   * @param seen what canary pictures showed
   * @param written what was found on pictures of written words
   */
  public AuditReport with(PictureReport seen, List<Finding> written) {
    var all = new ArrayList<>(findings);
    all.addAll(seen.findings());
    all.addAll(written);
    return new AuditReport(
        labelSet,
        contentHash,
        model,
        modelHash,
        day,
        judged,
        baselines,
        measures,
        all,
        Optional.of(seen));
  }
}
