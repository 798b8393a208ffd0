package io.k3j.schema;

import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A set of field paths, in the form of `fieldsV1`: a tree whose edges are path elements as written there (`f:spec`,
/// `k:{"name":"web"}`, `v:"x"`). A node may be a member itself, or only lead to members. structured-merge-diff's
/// `fieldpath.Set`. Built up by one thread, then not changed any more: sets share nodes, which nobody may add to then.
///
/// `fieldsV1` is sorted, so that equal sets give equal texts. The set itself is not: most are made, compared and
/// forgotten.
///
/// ```
/// {"f:spec":{"f:ports":{"k:{\"port\":80}":{".":{},"f:name":{}}},"f:replicas":{}}}   as fieldsV1
/// .spec.ports[port=80]  .spec.ports[port=80].name  .spec.replicas                   its members, as people read them
/// ```
final class FieldSet {
    /// In `fieldsV1`: the node is a member and leads to others, too.
    private static final String SELF = ".";
    /// Of path elements: a field, the keys of a list's element, its value, its index.
    private static final String KINDS = "fkvi";
    private static final int PREFIX = 2;
    /// Most nodes lead to few others.
    private static final int FEW = 4;
    private boolean member;
    /// Most nodes lead nowhere, and there may be a million of them. A client chooses the elements: the map stays fast
    /// where their hashes are the same, since texts can be compared.
    private Map<String, FieldSet> children = Map.of();

    /// Reads `fieldsV1`; a node without content is a member. What has another form is left out, and so are path
    /// elements of a kind that is not known, as in structured-merge-diff.
    static FieldSet of(Struct fieldsV1) {
        FieldSet set = new FieldSet();
        set.member = fieldsV1.isEmpty();
        fieldsV1.forEach((element, below) -> {
            if (element.equals(SELF)) {
                set.member = true;
            } else if (below instanceof Struct s && wellFormed(element) && KINDS.indexOf(element.charAt(0)) >= 0) {
                set.put(element, of(s));
            }
        });
        return set;
    }

    /// Whether every path element of a client's `fieldsV1` has a kind, a colon and a value; what is not so cannot be
    /// decoded. Which kinds there are may change, so one that is not known is well-formed.
    static boolean wellFormed(Struct fieldsV1) {
        for (String element : fieldsV1.names()) {
            if (!element.equals(SELF) && !wellFormed(element)
                    || fieldsV1.get(element) instanceof Struct below && !wellFormed(below)) {
                return false;
            }
        }
        return true;
    }

    private static boolean wellFormed(String element) {
        return element.length() >= PREFIX && element.charAt(1) == ':';
    }

    /// The set of a whole entry: nobody owns the object itself, so its root is no member. For an empty one to build up,
    /// of [Struct#EMPTY].
    static FieldSet root(Struct fieldsV1) {
        FieldSet set = of(fieldsV1);
        set.member = false;
        return set;
    }

    /// As `fieldsV1`. Nodes that lead to no member are left out.
    Struct fieldsV1() {
        if (children.isEmpty()) {
            return Struct.EMPTY;
        }
        Struct.Builder b = Struct.builder();
        if (member) {
            b.put(SELF, Struct.EMPTY);
        }
        for (Map.Entry<String, FieldSet> e : sorted()) {
            Struct below = e.getValue().fieldsV1();
            if (e.getValue().member || !below.isEmpty()) {
                b.put(e.getKey(), below);
            }
        }
        Struct all = b.build();
        return member && all.size() == 1 ? Struct.EMPTY : all;
    }

    private List<Map.Entry<String, FieldSet>> sorted() {
        List<Map.Entry<String, FieldSet>> all = new ArrayList<>(children.entrySet());
        all.sort(Map.Entry.comparingByKey());
        return all;
    }

    /// Makes this node a member. Only while the set is being built up.
    void add() {
        member = true;
    }

    /// The node below an element, made when missing.
    FieldSet below(String element) {
        FieldSet there = children.get(element);
        return there == null ? put(element, new FieldSet()) : there;
    }

    private FieldSet put(String element, FieldSet child) {
        children = children.isEmpty() ? new HashMap<>(FEW) : children;
        children.put(element, child);
        return child;
    }

    Map<String, FieldSet> children() {
        return children;
    }

    boolean member() {
        return member;
    }

    /// Whether there is no member at or below this node; nodes may be there all the same.
    boolean isEmpty() {
        if (member || children.isEmpty()) {
            return !member;
        }
        for (FieldSet child : children.values()) {
            if (!child.isEmpty()) {
                return false;
            }
        }
        return true;
    }

    /// Members of either. Neither is changed; nodes are shared with both.
    FieldSet union(FieldSet other) {
        if (!other.holds() || !holds()) {
            return holds() ? this : other;
        }
        FieldSet sum = new FieldSet();
        sum.member = member || other.member;
        children.forEach((e, child) -> {
            FieldSet theirs = other.children.get(e);
            sum.put(e, theirs == null ? child : child.union(theirs));
        });
        other.children.forEach((e, child) -> {
            if (!children.containsKey(e)) {
                sum.put(e, child);
            }
        });
        return sum;
    }

    /// Takes in the members of another set. Only while this one is being built up.
    void take(FieldSet other) {
        member |= other.member;
        other.children.forEach((e, child) -> below(e).take(child));
    }

    /// Members of this and not of `other`. Exactly those paths: what lies below a member of `other` stays.
    FieldSet minus(FieldSet other) {
        FieldSet rest = new FieldSet();
        rest.member = member && !other.member;
        children.forEach((e, child) -> {
            FieldSet theirs = other.children.get(e);
            FieldSet left = theirs == null ? child : child.minus(theirs);
            if (theirs == null ? !child.isEmpty() : left.holds()) {
                rest.put(e, left);
            }
        });
        return rest;
    }

    /// Members of both.
    FieldSet common(FieldSet other) {
        FieldSet both = new FieldSet();
        both.member = member && other.member;
        children.forEach((e, child) -> {
            FieldSet theirs = other.children.get(e);
            FieldSet shared = theirs == null ? new FieldSet() : child.common(theirs);
            if (shared.holds()) {
                both.put(e, shared);
            }
        });
        return both;
    }

    /// Whether a set is not empty in which no child is: known without looking deeper, once for every level. With
    /// [#isEmpty] at each level a deep set would take quadratic time, and clients choose how deep it is.
    private boolean holds() {
        return member || !children.isEmpty();
    }

    /// Takes one path, and all below it, out of a set of which nobody else goes on to use what lies there.
    void drop(String... path) {
        cut(path, 0);
    }

    private void cut(String[] path, int depth) {
        FieldSet child = children.get(path[depth]);
        if (child == null) {
            return;
        }
        if (depth < path.length - 1) {
            child.cut(path, depth + 1);
        }
        if (depth == path.length - 1 || child.isEmpty()) {
            children.remove(path[depth]);
        }
    }

    /// How many members there are.
    int members() {
        int sum = member ? 1 : 0;
        for (FieldSet child : children.values()) {
            sum += child.members();
        }
        return sum;
    }

    /// The first members as people read them, `.spec.containers[name="web"].image`, as many and as long as [FieldPaths]
    /// says.
    FieldPaths paths() {
        FieldPaths first = new FieldPaths();
        collect("", first);
        return first;
    }

    private void collect(String at, FieldPaths first) {
        if (member) {
            first.add(at);
        }
        for (Map.Entry<String, FieldSet> e : sorted()) {
            if (first.full()) {
                return;
            }
            e.getValue().collect(FieldPaths.longer(at, shown(e.getKey())), first);
        }
    }

    /// A path element as people read it. Empty for an empty text.
    static String shown(String element) {
        if (element.isEmpty()) {
            return "";
        }
        String text = element.substring(PREFIX);
        return switch (element.charAt(0)) {
            case 'f' -> "." + text;
            case 'k' -> "[" + ElementKey.shown(text) + "]";
            case 'v' -> "[=" + text + "]";
            default -> "[" + text + "]";
        };
    }

    /// By members: nodes that lead nowhere make no difference.
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof FieldSet s && (s == this || members() == s.members() && within(s));
    }

    /// Whether the other has each member of this one.
    private boolean within(FieldSet other) {
        if (member && !other.member) {
            return false;
        }
        for (Map.Entry<String, FieldSet> e : children.entrySet()) {
            FieldSet theirs = other.children.get(e.getKey());
            if (theirs == null ? !e.getValue().isEmpty() : !e.getValue().within(theirs)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int hashCode() {
        return members();
    }
}
