package dev.halcyon.labels;

import com.fasterxml.jackson.core.io.NumberOutput;
import java.math.BigDecimal;
import java.math.MathContext;

/** Numbers as text, the same on every Java version. */
final class Numbers {
  private Numbers() {}

  /**
   * The shortest text that reads back as the same number, laid out as ECMAScript does; that is what
   * RFC 8785 asks of canonical JSON. Floats are written with the digits a float needs.
   */
  static String canonical(Number number) {
    if (number instanceof Integer || number instanceof Long) {
      return number.toString();
    }
    double value = number.doubleValue();
    if (!Double.isFinite(value)) {
      return number.toString();
    }
    if (value == 0) {
      return "0";
    }
    // Jackson's writer, since Double.toString gives other digits before and after Java 19.
    String shortest =
        number instanceof Float
            ? NumberOutput.toString(number.floatValue(), true)
            : NumberOutput.toString(value, true);
    BigDecimal decimal = new BigDecimal(shortest).abs().stripTrailingZeros();
    if (decimal.precision() == 2) {
      // Java prefers two digits that are nearer to one digit that is enough; ECMAScript does not.
      BigDecimal oneDigit = decimal.round(new MathContext(1));
      if (number instanceof Float
          ? oneDigit.floatValue() == Math.abs(number.floatValue())
          : oneDigit.doubleValue() == Math.abs(value)) {
        decimal = oneDigit.stripTrailingZeros();
      }
    }
    String digits = decimal.unscaledValue().toString();
    int point = digits.length() - decimal.scale();
    return (value < 0 ? "-" : "") + layOut(digits, point);
  }

  /** Number::toString of ECMA-262 for the value 0.digits times ten to the point. */
  private static String layOut(String digits, int point) {
    int count = digits.length();
    if (count <= point && point <= 21) {
      return digits + "0".repeat(point - count);
    }
    if (0 < point && point <= 21) {
      return digits.substring(0, point) + "." + digits.substring(point);
    }
    if (-6 < point && point <= 0) {
      return "0." + "0".repeat(-point) + digits;
    }
    int exponent = point - 1;
    String mantissa = count == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
    return mantissa + "e" + (exponent < 0 ? "-" : "+") + Math.abs(exponent);
  }
}
