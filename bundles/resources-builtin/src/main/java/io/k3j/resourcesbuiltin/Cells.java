package io.k3j.resourcesbuiltin;

import io.k3j.apiserverapi.ResourceKind.Column;
import io.k3j.model.Null;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Makes the rows of tables from the cell expressions of `kinds.txt`: `age`, `.path`, `@function`. Immutable.
final class Cells {
    static final String NONE = "<none>";

    private final Map<String, Cell> functions = new HashMap<>();

    /// One cell of an object.
    @FunctionalInterface
    interface Cell {
        /// The value: text, number or boolean.
        Object of(Struct object, Instant now);
    }

    /// With all functions there are.
    Cells() {
        PodCells.into(functions);
        WorkloadCells.into(functions);
        NetworkCells.into(functions);
        NodeCells.into(functions);
        StorageCells.into(functions);
        EventCells.into(functions);
        OtherCells.into(functions);
    }

    /// Whether an expression can be evaluated.
    boolean knows(String expression) {
        return expression.charAt(0) != '@' || expression.startsWith("@flag.")
                || functions.containsKey(expression.substring(1));
    }

    /// The cells of an object, one per expression. `columns` are all columns.
    List<Object> row(List<Column> columns, List<String> expressions, Obj object, Instant now) {
        List<Object> row = new ArrayList<>(columns.size());
        for (int i = 0; i < expressions.size(); i++) {
            row.add(cell(columns.get(i), expressions.get(i), object.tree(), now));
        }
        return row;
    }

    private Object cell(Column column, String expression, Struct tree, Instant now) {
        if (expression.equals("age")) {
            return Ages.of(tree, now);
        }
        if (expression.startsWith("@flag.")) {
            boolean set = Boolean.TRUE.equals(at(tree, expression.substring(6)));
            return column.type().equals("boolean") ? set : (Object) Boolean.toString(set);
        }
        if (expression.charAt(0) == '@') {
            return functions.get(expression.substring(1)).of(tree, now);
        }
        Object value = at(tree, expression.substring(1));
        return value == null || value == Null.NULL ? empty(column) : value;
    }

    private static Object empty(Column column) {
        return column.type().equals("integer") ? 0L : column.type().equals("boolean") ? false : (Object) "";
    }

    /// The value at a dotted path, null when there is none.
    static @Nullable Object at(Struct tree, String path) {
        return tree.at(path.split("\\."));
    }

    /// A text, or `<none>` for an empty one.
    static String orNone(String text) {
        return text.isEmpty() ? NONE : text;
    }

    /// Labels as `a=b,c=d`, or `<none>`.
    static String labels(Struct labels) {
        List<String> all = labels.texts().entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).sorted()
                .toList();
        return all.isEmpty() ? NONE : String.join(",", all);
    }

    /// The named field of every struct in a list, joined by commas.
    static String joined(Seq list, String field) {
        return String.join(",", list.structs().stream().map(s -> s.text(field)).toList());
    }
}
