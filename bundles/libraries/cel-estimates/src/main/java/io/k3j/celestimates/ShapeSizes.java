package io.k3j.celestimates;

import io.k3j.celvalues.StructView;
import io.k3j.schema.Field;
import io.k3j.schema.Shape;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// How small and how large values of a schema can be in one request, as upstream takes it. Any thread; what was
/// computed is kept, so that each place is looked at once.
public final class ShapeSizes {
    /// The largest request, in bytes.
    static final long REQUEST = 3 << 20;
    private static final long NO_BRACKETS = REQUEST - 2;
    private static final int BYTES_OF_A_CHARACTER = 4;
    /// Of an object in JSON: `"":` before a value and `,` behind it.
    private static final int AROUND_FIELD = 4;
    /// The same of a map, with the shortest names that differ.
    private static final int AROUND_ENTRY = 6;
    private static final int DATE = 12;
    private static final int LONGEST_TIME = 32;
    private static final int SHORTEST_TIME = 21;
    private final Map<Shape, Long> known = new ConcurrentHashMap<>();

    /// How many values of a shape one request holds at most.
    public long places(Shape shape) {
        return REQUEST / (smallest(shape) + 1);
    }

    /// How many elements, entries, characters or bytes a value has at most. Of what has none upstream says 0, too.
    long most(Shape shape) {
        return switch (shape.type()) {
            case LIST -> bound(shape.rules().maxItems(), NO_BRACKETS / (smallest(shape.items()) + 1), 1);
            case MAP -> shape.items() == Shape.ANY ? 0
                    : bound(shape.rules().maxProperties(), NO_BRACKETS / (smallest(shape.items()) + AROUND_ENTRY), 1);
            case STRING -> text(shape);
            case INT_OR_STRING -> bound(shape.rules().maxLength(), NO_BRACKETS, BYTES_OF_A_CHARACTER);
            case BYTES, QUANTITY -> NO_BRACKETS;
            case TIME, MICRO_TIME, DURATION -> LONGEST_TIME;
            case OBJECT, FIELDS, INT32, INT64, NUMBER, BOOLEAN, ANY -> 0;
        };
    }

    private static long text(Shape shape) {
        Long longest = shape.rules().maxLength();
        return switch (shape.format()) {
            case "duration", "date-time" -> LONGEST_TIME;
            case "date" -> DATE;
            case "byte" -> bound(longest, NO_BRACKETS, 1);
            default -> bound(longest, shape.choices().isEmpty() ? NO_BRACKETS : longestChoice(shape),
                    BYTES_OF_A_CHARACTER);
        };
    }

    private static long longestChoice(Shape shape) {
        long longest = 0;
        for (Object choice : shape.choices()) {
            longest = choice instanceof String s ? Math.max(longest, bytes(s)) : longest;
        }
        return longest;
    }

    private static long bound(@Nullable Long written, long otherwise, int each) {
        return written == null ? otherwise : Extent.product(Math.max(0, written), each);
    }

    /// How many bytes a value takes at least.
    long smallest(Shape shape) {
        Long before = known.get(shape);
        if (before != null) {
            return before;
        }
        long size = switch (shape.type()) {
            case OBJECT, FIELDS -> object(shape);
            case MAP -> shape.items() == Shape.ANY ? object(shape) : 2;
            case LIST, BYTES, QUANTITY -> 2;
            case STRING -> switch (shape.format()) {
                case "duration" -> 3;
                case "date" -> DATE;
                case "date-time" -> SHORTEST_TIME;
                default -> 2;
            };
            case TIME, MICRO_TIME -> SHORTEST_TIME;
            case DURATION -> 3;
            case BOOLEAN -> 4;
            case INT32, INT64, NUMBER, INT_OR_STRING, ANY -> 1;
        };
        known.put(shape, size);
        return size;
    }

    /// What has a default may be missing in a request.
    private long object(Shape shape) {
        long size = 2;
        for (Field field : shape.fields()) {
            boolean seen = !shape.objectMeta() || StructView.RULED_METADATA.contains(field.name());
            Shape value = field.shape();
            if (seen && field.required() && value.typed() && value.defaultValue() == null) {
                size = Extent.sum(size, bytes(field.name()) + smallest(value) + AROUND_FIELD);
            }
        }
        return size;
    }

    private static long bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
