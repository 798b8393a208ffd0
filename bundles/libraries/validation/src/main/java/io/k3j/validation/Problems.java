package io.k3j.validation;

import io.k3j.apimachinery.Quantity;
import io.k3j.apiserverapi.FieldProblem;
import io.k3j.model.Null;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Collects what is wrong with an object, at a place in it: upstream's `field.ErrorList` with its `field.Path`. All
/// places of one object share one list; a place is cheap to make. For one thread.
///
/// A body may have a million things wrong with it, each with a path and a sentence: the first [#MOST] are kept, and one
/// more to say that there are more.
///
/// The methods that check a field read forgivingly, as [Struct] does: a field of another type counts as missing. Their
/// messages are upstream's, which clients and tests compare.
public final class Problems {
    /// How many problems of an object anybody is told.
    public static final int MOST = 100;
    private static final String ALL = "100";
    private final List<FieldProblem> found;
    private final String path;

    /// The first that are added; others are left out without a word.
    private static final class First extends AbstractList<FieldProblem> {
        private final List<FieldProblem> kept = new ArrayList<>();

        @Override
        public FieldProblem get(int index) {
            return kept.get(index);
        }

        @Override
        public int size() {
            return kept.size();
        }

        @Override
        public void add(int index, FieldProblem problem) {
            if (kept.size() <= MOST) {
                kept.add(index, problem);
            }
        }
    }

    private Problems(List<FieldProblem> found, String path) {
        this.found = found;
        this.path = path;
    }

    /// An empty collection, at the root. One for each write that is checked.
    public static Problems none() {
        return new Problems(new First(), "");
    }

    /// The same collection at a place below.
    ///
    /// @param field its name, or several joined by dots
    public Problems at(String field) {
        return new Problems(found, path.isEmpty() ? field : path + "." + field);
    }

    /// The same collection at an element of a list.
    ///
    /// @param index from 0
    public Problems at(String field, int index) {
        return new Problems(found, at(field).path + "[" + index + "]");
    }

    /// The same collection at an element of what is here, as upstream tells of one without naming its list.
    ///
    /// @param index from 0
    public Problems element(int index) {
        return new Problems(found, path + "[" + index + "]");
    }

    /// The same collection at a map's entry, as `limits[cpu]`.
    public Problems key(String key) {
        return new Problems(found, path + "[" + key + "]");
    }

    /// The same collection at the root, for what is wrong with the object as a whole.
    public Problems root() {
        return new Problems(found, "");
    }

    /// What was found, in order: at all places, not only at this one. The collection's own list, not a copy; it takes
    /// no more than [#MOST] and one.
    public List<FieldProblem> found() {
        return found;
    }

    /// How many were found so far, at all places: who asks before and after a rule knows whether it holds.
    public int count() {
        return found.size();
    }

    /// Where this is, as `spec.ports[0]`, for those who write problems of their own; empty at the root.
    public String path() {
        return path;
    }

    /// Whether there are more problems than anybody is told, so that looking for others is of no use.
    public boolean full() {
        return found.size() > MOST;
    }

    /// Adds a problem of whatever place.
    public void add(FieldProblem problem) {
        found.add(problem);
    }

    /// Adds problems of whatever places.
    public void addAll(List<FieldProblem> problems) {
        found.addAll(problems);
    }

    /// The value here may not be.
    ///
    /// @param value is shown as JSON, null as `null`; never a secret, since the message goes to the client and to logs
    /// @param why upstream's sentence
    public void invalid(@Nullable Object value, String why) {
        found.add(FieldProblem.invalid(path, value == null ? Null.NULL : value, why));
    }

    /// The value here may not be, for each of some reasons; none: nothing is wrong. Fits what `Names` gives.
    public void invalid(Object value, List<String> whys) {
        whys.forEach(w -> invalid(value, w));
    }

    /// There must be a value here; the reason may be empty.
    public void required(String why) {
        found.add(FieldProblem.required(path, why));
    }

    /// There may be no value here, or this change of it may not be made. The value is not shown.
    public void forbidden(String why) {
        found.add(FieldProblem.forbidden(path, why));
    }

    /// The value stands here again.
    public void duplicate(Object value) {
        found.add(FieldProblem.duplicate(path, value));
    }

    /// The value here names nothing there is.
    public void notFound(Object value) {
        found.add(FieldProblem.notFound(path, value));
    }

    /// The value here names nothing there is.
    ///
    /// @param why what it could name
    public void notFound(Object value, String why) {
        FieldProblem missing = FieldProblem.notFound(path, value);
        found.add(new FieldProblem(path, missing.type(), missing.message() + ": " + why));
    }

    /// The list here has too many elements.
    public void tooMany(int elements, int most) {
        found.add(FieldProblem.tooMany(path, elements, most));
    }

    /// The text here is longer than it may be, in bytes.
    public void tooLong(int most) {
        found.add(FieldProblem.tooLong(path, most));
    }

    /// The text here is none of a set, whether it is there or not.
    ///
    /// @param allowed in the order in which the message lists them
    public void unsupported(String value, List<String> allowed) {
        unsupported(path, value, allowed);
    }

    /// The text in a field must be there and not empty.
    ///
    /// @return whether it is, for rules that need the text
    public boolean present(Struct of, String field) {
        boolean there = !of.text(field).isEmpty();
        if (!there) {
            at(field).required("");
        }
        return there;
    }

    /// The text in a field, when there, must be one of a set; empty counts as missing.
    ///
    /// @param allowed in the order in which the message lists them
    public void oneOf(Struct of, String field, List<String> allowed) {
        String value = of.text(field);
        if (!value.isEmpty() && !allowed.contains(value)) {
            unsupported(at(field).path, value, allowed);
        }
    }

    /// The text in a field must be there and one of a set.
    public void requiredOneOf(Struct of, String field, List<String> allowed) {
        if (present(of, field)) {
            oneOf(of, field, allowed);
        }
    }

    private void unsupported(String where, String value, List<String> allowed) {
        String list = String.join(", ", allowed.stream().map(s -> "\"" + s + "\"").toList());
        found.add(FieldProblem.unsupported(where, value, list));
    }

    /// The number in a field, when there, must not be negative. A value of another type is none of this rule's
    /// business.
    public void notNegative(Struct of, String field) {
        if (of.has(field) && of.whole(field, 0) < 0) {
            at(field).invalid(of.whole(field, 0), "must be greater than or equal to 0");
        }
    }

    /// The number in a field, when there, must be above zero.
    public void positive(Struct of, String field) {
        if (of.has(field) && of.whole(field, 1) <= 0) {
            at(field).invalid(of.whole(field, 0), "must be greater than zero");
        }
    }

    /// A field must not have changed; missing and null are different values. The message shows the new value.
    public void immutable(Struct before, Struct after, String field) {
        if (!Objects.equals(before.get(field), after.get(field))) {
            at(field).invalid(after.get(field), "field is immutable");
        }
    }

    /// A field must be a quantity that is not negative. A missing one counts as zero.
    ///
    /// @return the quantity, also a negative one; null when it is none
    public @Nullable Quantity quantity(Struct of, String field) {
        try {
            Quantity q = Quantity.of(of.get(field));
            if (q.signum() < 0) {
                at(field).invalid(q.toString(), "must be greater than or equal to 0");
            }
            return q;
        } catch (IllegalArgumentException e) {
            at(field).invalid(of.get(field), String.valueOf(e.getMessage()));
            return null;
        }
    }

    /// A number or a percentage that is not negative (upstream's `IntOrString`, as `maxUnavailable`); whether a
    /// percentage may be above 100 is the kind's own rule, see [#atMostAll].
    public void countOrPercent(Struct of, String field) {
        Object value = of.get(field);
        if (value instanceof Long l && l < 0) {
            at(field).invalid(l, "must be greater than or equal to 0");
        } else if (value instanceof String s && !percent(s)) {
            at(field).invalid(s, "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',"
                    + "  or '93%', regex used for validation is '[0-9]+%')");
        }
    }

    private static boolean percent(String s) {
        return s.length() > 1 && s.endsWith("%")
                && s.chars().limit(s.length() - 1L).allMatch(c -> c >= '0' && c <= '9');
    }

    /// A percentage in a field, where it is one, must not be above 100.
    public void atMostAll(Struct of, String field) {
        if (of.get(field) instanceof String s && percent(s)) {
            String number = s.substring(0, s.length() - 1).replaceFirst("^0+", "");
            if (number.length() > ALL.length() || number.length() == ALL.length() && number.compareTo(ALL) > 0) {
                at(field).invalid(s, "must not be greater than 100%");
            }
        }
    }

    /// Names in a list must not repeat. Each repetition is reported where it stands; empty names do not count.
    ///
    /// @param list the elements, which stand in the field `listField` of this place
    /// @param keyField the field that tells elements apart
    public void unique(Seq list, String listField, String keyField) {
        Set<String> seen = new TreeSet<>();
        for (int i = 0; i < list.size(); i++) {
            String name = list.struct(i).text(keyField);
            if (!name.isEmpty() && !seen.add(name)) {
                at(listField, i).at(keyField).duplicate(name);
            }
        }
    }
}
