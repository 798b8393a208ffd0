package io.k3j.printers;

import io.k3j.apimachinery.Quantity;
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
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Makes the rows of tables (`meta.k8s.io/v1`) from cell expressions, one per column: what a client gets that asks for
/// `as=Table`, as `kubectl get` does (Kubernetes API Concepts, "Receiving resources as Tables").
///
/// Immutable once made; for any number of threads, nothing blocks.
///
/// | expression | the cell |
/// |---|---|
/// | `age` | how long ago the object was created |
/// | `.path` | the value at a dotted path; `""`, 0 or false when there is none |
/// | `#path` | the whole number at a dotted path, 0 when there is none, whatever type the column declares |
/// | `@flag.path` | whether the value at a dotted path is true, whatever type the column declares |
/// | `@function` | what one of the classes beside this one computes, as `@pod.status` |
///
/// The wording of a cell is upstream's (`pkg/printers/internalversion`): scripts read it. Where upstream has no words
/// of its own for a missing value, `<none>` stands for it.
public final class Cells {
    /// What stands for an empty list, map or reference.
    static final String NONE = "<none>";

    /// By name without the `@`; filled by the constructor and only read since.
    private final Map<String, Cell> functions = new HashMap<>();

    /// One cell of an object. Holds no state, so that one instance serves every row.
    @FunctionalInterface
    interface Cell {
        /// The value: text, a whole number as `Long`, or boolean; never null, and never an exception for what a field
        /// holds, since one damaged object would hide all others of its list.
        ///
        /// @param object the whole object in the version that was asked for
        /// @param now what ages are counted to
        Object of(Struct object, Instant now);
    }

    /// With all functions there are. Two classes must not give one name to two functions: the later one would win.
    public Cells() {
        PodCells.into(functions);
        WorkloadCells.into(functions);
        NetworkCells.into(functions);
        NodeCells.into(functions);
        StorageCells.into(functions);
        EventCells.into(functions);
        CoreCells.into(functions);
        AdmissionCells.into(functions);
        ApiServiceCells.into(functions);
        AutoscalingCells.into(functions);
        CertificateCells.into(functions);
        DeviceCells.into(functions);
        DisruptionCells.into(functions);
        FlowControlCells.into(functions);
        RbacCells.into(functions);
    }

    /// Whether an expression can be evaluated by [#row], which fails with a `NullPointerException` at a function that
    /// is not there.
    ///
    /// @param expression not empty
    /// @return true for paths and flags of any spelling, and for functions that are there
    public boolean knows(String expression) {
        return expression.charAt(0) != '@' || expression.startsWith("@flag.")
                || functions.containsKey(expression.substring(1));
    }

    /// The cells of an object, each text, whole number or boolean. Never throws for what an object holds.
    ///
    /// @param columns the columns, whose types tell what stands for a missing value
    /// @param expressions one per column and in their order, each of which [#knows]
    /// @param object in the version the columns were made for
    /// @param now what ages are counted to; one instant for all rows of a list, so that equal ages read alike
    /// @return a new list, as long as `expressions`
    public List<Object> row(List<Column> columns, List<String> expressions, Obj object, Instant now) {
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
            return Boolean.TRUE.equals(at(tree, expression.substring(6)));
        }
        if (expression.charAt(0) == '@') {
            return Objects.requireNonNull(functions.get(expression.substring(1))).of(tree, now);
        }
        Object value = at(tree, expression.substring(1));
        if (expression.charAt(0) == '#') {
            return value instanceof Number number ? number.longValue() : 0L;
        }
        return value == null || value == Null.NULL ? empty(column) : value;
    }

    /// A missing value must keep the column's type: a client may decode the cells of a column of integers as numbers.
    private static Object empty(Column column) {
        return column.type().equals("integer") ? 0L : column.type().equals("boolean") ? false : (Object) "";
    }

    /// The value at a dotted path, null when there is none. Names with dots in them cannot be written.
    static @Nullable Object at(Struct tree, String path) {
        return tree.at(path.split("\\."));
    }

    /// A text, or `<none>` for an empty one.
    static String orNone(String text) {
        return text.isEmpty() ? NONE : text;
    }

    /// A field's value as text, `otherwise` when it is missing.
    static String given(Struct of, String field, String otherwise) {
        Object value = of.get(field);
        return value == null ? otherwise : String.valueOf(value);
    }

    /// Labels as `a=b,c=d`, or `<none>`. Sorted as upstream's `labels.FormatLabels` sorts them, so that a row stays the
    /// same from one request to the next.
    static String labels(Struct labels) {
        List<String> all = labels.texts().entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).sorted()
                .toList();
        return all.isEmpty() ? NONE : String.join(",", all);
    }

    /// A quantity in its canonical form, 0 for a missing one. One that cannot be read is shown as it is: a list must
    /// not fail for one object.
    static String quantity(@Nullable Object value) {
        try {
            return value == null ? "0" : Quantity.of(value).toString();
        } catch (IllegalArgumentException e) {
            return String.valueOf(value);
        }
    }

    /// The name of a class, marked when one of the annotations makes it the default one.
    ///
    /// @param annotations keys that do so by the value `true`
    static String className(Struct object, String... annotations) {
        Struct metadata = object.struct("metadata");
        Struct of = metadata.struct("annotations");
        boolean marked = List.of(annotations).stream().anyMatch(a -> of.text(a).equals("true"));
        return metadata.text("name") + (marked ? " (default)" : "");
    }

    /// The named field of every struct in a list, joined by commas; a struct without it leaves an empty place, so that
    /// names and images of containers stay in step.
    static String joined(Seq list, String field) {
        return String.join(",", list.structs().stream().map(s -> s.text(field)).toList());
    }
}
