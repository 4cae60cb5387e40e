package dev.halcyon.labels;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** The shape of a value in the pack format, as the records declare it. */
sealed interface Shape {
  /** A text. */
  record Words() implements Shape {}

  /** A number, whole or not. */
  record Numeric(boolean whole, boolean single) implements Shape {}

  /** True or false. */
  record Truth() implements Shape {}

  /** A day. */
  record Day() implements Shape {}

  /** One of the constants of an enum. */
  record Choice(Class<? extends Enum<?>> type) implements Shape {
    List<String> names() {
      List<String> names = new ArrayList<>();
      for (Enum<?> constant : type.getEnumConstants()) {
        names.add(Defaults.name(constant));
      }
      return names;
    }
  }

  /** Items of one shape. */
  record ListOf(Shape item) implements Shape {}

  /** Texts to values of one shape. */
  record MapOf(Shape value) implements Shape {}

  /** The fields of a record. */
  record Nested(Class<? extends Record> type) implements Shape {
    List<Member> members() {
      return Shape.members(type);
    }

    /** The member a plain value stands for. */
    Optional<Member> plain() {
      Shorthand shorthand = type.getAnnotation(Shorthand.class);
      return shorthand == null
          ? Optional.empty()
          : members().stream().filter(m -> m.name().equals(shorthand.value())).findFirst();
    }
  }

  /**
   * One field of a record.
   *
   * @param fallback what stands where it is left out, null where that is nothing or follows from
   *     other fields
   * @param optional whether it may stay without a value
   */
  record Member(
      String name,
      Field field,
      Shape shape,
      Node fallback,
      boolean optional,
      RecordComponent component) {
    /** Whether a document must have it. */
    boolean required() {
      return !optional && fallback == null && field.fallbackInWords().isEmpty();
    }

    /** The value in a record, with optionals unwrapped; null where there is none. */
    Object valueIn(Record holder) {
      Object value;
      try {
        value = component.getAccessor().invoke(holder);
      } catch (IllegalAccessException | InvocationTargetException e) {
        throw new LinkageError("accessor of " + component + " cannot be called", e);
      }
      if (value instanceof Optional<?> wrapped) {
        return wrapped.orElse(null);
      }
      if (value instanceof OptionalDouble wrapped) {
        return wrapped.isPresent() ? wrapped.getAsDouble() : null;
      }
      if (value instanceof OptionalInt wrapped) {
        return wrapped.isPresent() ? wrapped.getAsInt() : null;
      }
      return value;
    }

    /** The value as the record component wants it: wrapped where it is optional. */
    Object wrap(Object value) {
      Class<?> type = component.getType();
      if (type == Optional.class) {
        return Optional.ofNullable(value);
      }
      if (type == OptionalDouble.class) {
        return value == null ? OptionalDouble.empty() : OptionalDouble.of((Double) value);
      }
      if (type == OptionalInt.class) {
        return value == null ? OptionalInt.empty() : OptionalInt.of((Integer) value);
      }
      return value;
    }
  }

  /** The fields of a record type, in its order. */
  static List<Member> members(Class<?> type) {
    return Members.OF.get(type);
  }

  /** What a constant of an enum means. */
  static String meaning(Enum<?> constant) {
    try {
      return constant
          .getDeclaringClass()
          .getField(constant.name())
          .getAnnotation(Field.class)
          .value();
    } catch (NoSuchFieldException e) {
      throw new LinkageError("every constant is a field of its enum", e);
    }
  }

  /** Makes a record of its components. */
  static <T extends Record> T construct(Class<T> type, Object[] components) {
    try {
      return type.cast(Constructors.OF.get(type).newInstance(components));
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("the records of the pack format cannot be made", e);
    }
  }

  /** Finds the constructor of each record type once. */
  final class Constructors extends ClassValue<Constructor<?>> {
    private static final Constructors OF = new Constructors();

    private Constructors() {}

    @Override
    protected Constructor<?> computeValue(Class<?> type) {
      Class<?>[] types =
          Arrays.stream(type.getRecordComponents())
              .map(RecordComponent::getType)
              .toArray(Class<?>[]::new);
      try {
        return type.getDeclaredConstructor(types);
      } catch (NoSuchMethodException e) {
        throw new LinkageError("every record has its constructor", e);
      }
    }
  }

  /** Reads the fields of each record type once. */
  final class Members extends ClassValue<List<Member>> {
    private static final Members OF = new Members();

    private Members() {}

    @Override
    protected List<Member> computeValue(Class<?> type) {
      return List.copyOf(declared(type));
    }
  }

  private static List<Member> declared(Class<?> type) {
    List<Member> members = new ArrayList<>();
    for (RecordComponent component : type.getRecordComponents()) {
      Field field = component.getAnnotation(Field.class);
      if (field == null) {
        throw new LinkageError(component + " lacks @Field");
      }
      Type declared = component.getGenericType();
      boolean optional =
          component.getType() == Optional.class
              || component.getType() == OptionalDouble.class
              || component.getType() == OptionalInt.class;
      component.getAccessor().setAccessible(true);
      members.add(
          new Member(
              component.getName(),
              field,
              of(declared),
              fallback(field.fallback()),
              optional,
              component));
    }
    return members;
  }

  private static Node fallback(String written) {
    return switch (written) {
      case "" -> null;
      case "[]" -> new Node.Items(List.of(), 0);
      case "{}" -> Node.Fields.NONE;
      case "true" -> new Node.Bool(true, 0);
      case "false" -> new Node.Bool(false, 0);
      default ->
          written.matches("[0-9.]+")
              ? new Node.Numeral(Double.parseDouble(written), written, 0)
              : new Node.Text(written, 0);
    };
  }

  private static Shape of(Type type) {
    if (type instanceof ParameterizedType generic) {
      Type[] arguments = generic.getActualTypeArguments();
      if (generic.getRawType() == Optional.class) {
        return of(arguments[0]);
      }
      if (generic.getRawType() == List.class) {
        return new ListOf(of(arguments[0]));
      }
      if (generic.getRawType() == Map.class && arguments[0] == String.class) {
        return new MapOf(of(arguments[1]));
      }
    }
    if (type instanceof Class<?> plain) {
      if (plain == String.class) {
        return new Words();
      }
      if (plain == double.class || plain == OptionalDouble.class) {
        return new Numeric(false, false);
      }
      if (plain == Float.class) {
        return new Numeric(false, true);
      }
      if (plain == int.class || plain == OptionalInt.class) {
        return new Numeric(true, false);
      }
      if (plain == boolean.class) {
        return new Truth();
      }
      if (plain == LocalDate.class) {
        return new Day();
      }
      if (plain.isEnum()) {
        @SuppressWarnings("unchecked")
        Class<? extends Enum<?>> choice = (Class<? extends Enum<?>>) plain;
        return new Choice(choice);
      }
      if (plain.isRecord()) {
        return new Nested(plain.asSubclass(Record.class));
      }
    }
    throw new LinkageError("the pack format has no shape for " + type);
  }
}
