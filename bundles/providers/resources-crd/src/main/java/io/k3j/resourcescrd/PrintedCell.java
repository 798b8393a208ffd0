package io.k3j.resourcescrd;

import io.k3j.apimachinery.HumanDuration;
import io.k3j.apimachinery.JsonPath;
import io.k3j.apiserverapi.ResourceKind.Column;
import io.k3j.model.Null;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// Computes one cell of a printer column. Pure.
final class PrintedCell {
    private PrintedCell() {
    }

    /// The value of a column: text, number, boolean, or null when it is missing.
    static Object of(Column column, Obj object, Instant now) {
        List<Object> found;
        try {
            found = JsonPath.parse(column.path()).values(object.document());
        } catch (IllegalArgumentException e) {
            return Null.NULL;
        }
        if (found.isEmpty()) {
            return Null.NULL;
        }
        Object first = found.getFirst();
        return switch (column.type()) {
            case "integer" -> first instanceof Long l ? l : first instanceof Double d ? d.longValue() : Null.NULL;
            case "number" -> first instanceof Number n ? n : Null.NULL;
            case "boolean" -> first instanceof Boolean b ? b : Null.NULL;
            case "date" -> since(String.valueOf(first), now);
            default -> String.join(" ", found.stream().map(PrintedCell::text).toList());
        };
    }

    private static String text(Object value) {
        return switch (value) {
            case Struct s -> json(s);
            case Seq s -> json(s);
            default -> String.valueOf(value);
        };
    }

    private static String json(Object value) {
        return switch (value) {
            case String s -> "\"" + s.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
            case Struct s -> "{" + String.join(",", s.names().stream()
                    .map(n -> "\"" + n + "\":" + json(s.value(s.index(n)))).toList()) + "}";
            case Seq s -> "[" + String.join(",", s.stream().map(PrintedCell::json).toList()) + "]";
            default -> String.valueOf(value);
        };
    }

    private static String since(String timestamp, Instant now) {
        try {
            return HumanDuration.of(Duration.between(Instant.parse(timestamp), now));
        } catch (DateTimeException e) {
            return "<invalid>";
        }
    }
}
