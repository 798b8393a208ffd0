package io.k3j.objectregistry;

import io.k3j.clientapi.ApiFault;
import io.k3j.model.FieldSelector;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Selector;
import io.k3j.model.Struct;
import io.k3j.watchcache.Item;
import io.k3j.watchcache.LabelMarks;
import io.k3j.watchcache.StorageKeys;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongPredicate;

/// Which objects of a resource a list or watch is about ("Labels and Selectors", "Field Selectors"). Objects are
/// decoded only when labels or fields other than name and namespace are asked for. Never changed; any thread.
public final class Selection {
    private static final String NAME = "metadata.name";
    private static final String NAMESPACE = "metadata.namespace";
    private final Target target;
    private final Selector labels;
    private final FieldSelector fields;
    private final String start;
    private final String name;
    private final LongPredicate probe;
    /// No selector at all: then nothing is looked at but whether an object can be read.
    private final boolean trivial;

    private Selection(Target target, String namespace, Selector labels, FieldSelector fields) {
        this.target = target;
        this.labels = labels;
        this.fields = fields;
        this.name = fixed(NAME);
        String ns = namespace.isEmpty() && target.kind().namespaced() ? fixed(NAMESPACE) : namespace;
        this.start = StorageKeys.scope(target.kind(), ns);
        this.probe = LabelMarks.probe(labels);
        this.trivial = labels.everything() && fields.everything();
    }

    /// What a namespace and selectors choose.
    ///
    /// @param namespace empty: all of them, or that which `metadata.namespace` names
    /// @throws ApiFault 400 for a field that cannot be selected by: name, namespace, and what the kind's hooks
    /// know; 503 while those are away
    public static Selection of(Target target, String namespace, Selector labels, FieldSelector fields) {
        Selection s = new Selection(target, namespace, labels, fields);
        Obj none = Obj.stored(Struct.EMPTY, 0);
        for (FieldSelector.Requirement r : fields.requirements()) {
            boolean known = r.field().equals(NAME) || r.field().equals(NAMESPACE) && target.kind().namespaced()
                    || target.hooks().field(target.kind().gvk(), none, r.field()).isPresent();
            if (!known) {
                throw ApiFault.badRequest("field label not supported: " + r.field());
            }
        }
        return s;
    }

    /// The value a field must have, empty when the selector leaves it open.
    private String fixed(String field) {
        return fields.requirements().stream().filter(r -> r.field().equals(field) && !r.negated())
                .map(FieldSelector.Requirement::value).findFirst().orElse("");
    }

    /// The kind.
    public Target target() {
        return target;
    }

    /// What all keys in the store begin with; ends in `/`.
    public String prefix() {
        return start;
    }

    /// The one key that is meant, empty when there may be several. Watches of one object, as kubelets have for
    /// Secrets, cost no scan.
    public String single() {
        boolean scoped = !target.kind().namespaced() || start.length() > target.kind().storage().prefix().length();
        return name.isEmpty() || !scoped ? "" : start + name;
    }

    /// What the marks of all chosen objects pass, see [LabelMarks].
    public LongPredicate probe() {
        return probe;
    }

    /// Whether nothing is selected by.
    boolean everything() {
        return trivial;
    }

    /// Whether an object below the prefix is chosen. What is decoded for it stays with the item: for watches, which
    /// are many that look at the same event.
    ///
    /// @throws ApiFault 500 when it cannot be read: anyone who asks for all of them must not take it for deleted
    public boolean matches(Item item) {
        return matches(item, target::object);
    }

    /// The same for who looks once, as a list does: what has to be decoded for it is not kept.
    /// @throws ApiFault as [#matches]
    public boolean matchesFresh(Item item) {
        return matches(item, target::fresh);
    }

    private boolean matches(Item item, Function<Item, Obj> decoded) {
        if (trivial) {
            item.check();
            return true;
        }
        if (!matchesStored(item)) {
            return false;
        }
        Key key = item.key(target.kind().storage().prefix());
        return fields.matches(field -> value(item, key, field, decoded));
    }

    /// Whether an object can be chosen by what is looked at as it is stored: its name and its labels.
    /// @throws ApiFault as [#matches]
    public boolean matchesStored(Item item) {
        item.check();
        return (name.isEmpty() || name.equals(item.key(target.kind().storage().prefix()).name()))
                && labels.matches(labels.everything() ? Map.of() : item.labels());
    }

    /// Whether somebody outside converts objects before it is known whether they are chosen. Such are looked at many
    /// at once.
    public boolean converts() {
        return !trivial && fields.requirements().stream()
                .anyMatch(r -> !r.field().equals(NAME) && !r.field().equals(NAMESPACE)) && target.remote();
    }

    private String value(Item item, Key key, String field, Function<Item, Obj> decoded) {
        return switch (field) {
            case NAME -> key.name();
            case NAMESPACE -> key.namespace();
            default -> target.hooks().field(target.kind().gvk(), decoded.apply(item), field).orElse("");
        };
    }
}
