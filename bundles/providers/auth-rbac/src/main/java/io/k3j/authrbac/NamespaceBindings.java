package io.k3j.authrbac;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The bindings of one namespace, or those for the whole cluster. They are sorted by their subjects when somebody asks
/// after a change, so that whoever changes many pays for that where they apply. Thread-safe.
final class NamespaceBindings {
    private final Map<String, BoundRole> all = new TreeMap<>();
    private final Object sorting = new Object();
    private long changes;
    private volatile @Nullable BySubject sorted;

    /// What a subject holds by a binding.
    record Grant(BoundRole binding, BoundRole.Subject subject) {
    }

    /// Grants by the names of users, service accounts among them, and of groups.
    record BySubject(Map<String, List<Grant>> users, Map<String, List<Grant>> groups) {
        private static BySubject of(List<BoundRole> bindings) {
            BySubject all = new BySubject(new HashMap<>(), new HashMap<>());
            for (BoundRole binding : bindings) {
                for (BoundRole.Subject subject : binding.subjects()) {
                    (subject.group() ? all.groups : all.users)
                            .computeIfAbsent(subject.caller(), _ -> new ArrayList<>(1))
                            .add(new Grant(binding, subject));
                }
            }
            return all;
        }
    }

    /// A binding came or has changed.
    synchronized NamespaceBindings with(BoundRole binding) {
        all.put(binding.key().name(), binding);
        changed();
        return this;
    }

    /// A binding has gone.
    /// @return null when it was the last one
    synchronized @Nullable NamespaceBindings without(String name) {
        all.remove(name);
        changed();
        return all.isEmpty() ? null : this;
    }

    private void changed() {
        changes++;
        sorted = null;
    }

    /// All that are there now.
    BySubject bySubject() {
        @Nullable
        BySubject now = sorted;
        return now == null ? sort() : now;
    }

    /// Whoever tells of a change does not wait for it.
    private BySubject sort() {
        synchronized (sorting) {
            List<BoundRole> present;
            long at;
            synchronized (this) {
                @Nullable
                BySubject other = sorted;
                if (other != null) {
                    return other;
                }
                present = List.copyOf(all.values());
                at = changes;
            }
            BySubject made = BySubject.of(present);
            synchronized (this) {
                sorted = at == changes ? made : null;
            }
            return made;
        }
    }
}
