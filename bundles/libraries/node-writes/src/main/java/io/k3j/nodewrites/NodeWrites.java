package io.k3j.nodewrites;

import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Gvr;
import io.k3j.model.Null;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.nodewrites.NodeRule.Change;
import io.k3j.nodewrites.NodeWriteTable.Entry;
import io.k3j.nodewrites.NodeWriteTable.Fields;
import io.k3j.nodewrites.NodeWriteTable.Row;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Refuses what a node's identities write and `node-writes.txt` does not name. For any thread; blocks as long as the
/// views that rules read.
public final class NodeWrites {
    /// The annotation by which a pod network with a bound identity keeps unbound ones from its Node.
    public static final String BOUND = "k3j.io/network";
    private final Lookup world;
    private final NodeWriteTable table;

    /// Where the objects are that rules look at.
    @FunctionalInterface
    public interface Lookup {
        /// One of them; the first look at a resource may block.
        /// @param namespace empty for what is in none
        Optional<Obj> find(Gvr resource, String namespace, String name);
    }

    /// By the table of this library.
    public NodeWrites(Lookup world) {
        this(world, NodeWriteTable.read());
    }

    /// By another table.
    NodeWrites(Lookup world, NodeWriteTable table) {
        this.world = world;
        this.table = table;
    }

    /// @param identity as the table calls it
    /// @param node whose identity it is; empty when that names none
    /// @param object as it should be, or as it is when it goes
    /// @throws ApiFault 403, in upstream's words where it has some; 404 when a rule looks for an object that is not
    ///     there
    public void check(String identity, String node, Write write, Struct object) {
        Entry entry = table.entry(identity, write)
                .orElseThrow(() -> refused(write, "is not for " + write.caller().user()));
        Judge judge = new Judge(entry, write, node, world);
        @Nullable
        Struct before = write.before().orElse(null);
        entry.whole().forEach(row -> judge.ask(row, ".", before, object));
        if (write.operation() != Operation.DELETE) {
            judge.compare(entry.fields(), "", before, object);
        }
    }

    private static ApiFault refused(Write write, String why) {
        return ApiFault.forbidden(write.kind().gvr(), write.key().name(), why);
    }

    /// One write by one entry of the table.
    private record Judge(Entry entry, Write write, String node, Lookup world) {
        private void ask(Row row, String path, @Nullable Object before, @Nullable Object after) {
            row.rule().objection(new Change(write, node, world, before, after), row.arguments()).ifPresent(what -> {
                boolean itself = row.words().isEmpty() && path.equals(".");
                throw refusal(row.words().isEmpty() ? entry.words() : row.words(), path, what, itself);
            });
        }

        /// Goes down to the rows, where something differs.
        private void compare(Fields at, String path, @Nullable Object before, @Nullable Object after) {
            Object old = set(before);
            Object now = set(after);
            Row row = at.row();
            if (Objects.equals(old, now)) {
                return;
            }
            if (row != null) {
                ask(row, path, old, now);
            } else if (isA(Seq.class, old) && isA(Seq.class, now)) {
                elements(at, path, old == null ? Seq.EMPTY : (Seq) old, now == null ? Seq.EMPTY : (Seq) now);
            } else if (isA(Struct.class, old) && isA(Struct.class, now)) {
                fields(at, path, old == null ? Struct.EMPTY : (Struct) old, now == null ? Struct.EMPTY : (Struct) now);
            } else {
                throw refusal(entry.words(), path, "", false);
            }
        }

        private void fields(Fields at, String path, Struct before, Struct after) {
            Set<String> names = new TreeSet<>(before.names());
            names.addAll(after.names());
            for (String name : names) {
                child(at.below().get(name), path.isEmpty() ? name : path + "." + name, before.get(name),
                        after.get(name));
            }
        }

        private void child(@Nullable Fields at, String path, @Nullable Object before, @Nullable Object after) {
            if (at != null) {
                compare(at, path, before, after);
            } else if (!Objects.equals(set(before), set(after))) {
                throw refusal(entry.words(), path, "", false);
            }
        }

        /// Those of which the table says nothing stay as they are, in their order.
        private void elements(Fields at, String path, Seq before, Seq after) {
            Set<Object> old = new HashSet<>();
            before.forEach(old::add);
            for (Object element : after) {
                Fields its = at.element(element);
                if (its != null && !old.contains(element)) {
                    compare(its, path + "[]", null, element);
                }
            }
            if (!rest(at, before).equals(rest(at, after))) {
                throw refusal(entry.words(), path, "", false);
            }
        }

        private static List<Object> rest(Fields at, Seq all) {
            return all.stream().filter(e -> at.element(e) == null).toList();
        }

        /// A value, or null for one that says no more than none.
        private static @Nullable Object set(@Nullable Object value) {
            boolean empty = value == Null.NULL || value instanceof Struct s && s.isEmpty()
                    || value instanceof Seq all && all.isEmpty();
            return empty ? null : value;
        }

        private static boolean isA(Class<?> type, @Nullable Object value) {
            return value == null || type.isInstance(value);
        }

        private ApiFault refusal(String words, String path, String what, boolean itself) {
            String form = itself ? "{what}" : words.isEmpty() ? "{user} is not allowed to write {field}" : words;
            return refused(write, form.replace("{node}", node).replace("{name}", write.key().name())
                    .replace("{operation}", write.operation().name()).replace("{user}", write.caller().user())
                    .replace("{field}", path).replace("{what}", what));
        }
    }
}
