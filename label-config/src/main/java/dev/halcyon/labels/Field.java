package dev.halcyon.labels;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What a field of the pack format means and which values it takes. The reader, the validator, the
 * JSON Schema and the reference page all read it, so that they cannot disagree. On an enum constant
 * it says what the value means.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT, ElementType.FIELD})
@interface Field {
  /** What it means, for people: a phrase without a full stop. */
  String value();

  /**
   * What stands where the field is left out: a number, {@code true}, {@code false}, {@code []},
   * {@code {}} or a text. Empty: the field is required, or its type is optional.
   */
  String fallback() default "";

  /** The default in words where it follows from other fields, see {@link Defaults}. */
  String fallbackInWords() default "";

  /** Least number, or least count of items. */
  double min() default Double.NEGATIVE_INFINITY;

  /** Greatest number. */
  double max() default Double.POSITIVE_INFINITY;

  /** Whether {@link #min()} and {@link #max()} are themselves outside. */
  boolean exclusive() default false;

  /** Regular expression a text must match as a whole. */
  String pattern() default "";

  /** The pattern in words. */
  String patternInWords() default "";

  /** Greatest length of a text in UTF-16 units. */
  int maxLength() default 400;

  /** Greatest count of items. */
  int maxItems() default 1000;

  /** Whether texts are BCP 47 language tags; for a map, its keys. */
  boolean languageTag() default false;

  /** The values a text may take, where no enum stands for them. */
  String[] oneOf() default {};
}
