package io.k3j.apiserver;

import io.k3j.clientapi.ApiFault;
import io.k3j.model.FieldSelector;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Selector;
import io.k3j.model.Struct;
import io.k3j.watchcache.Item;
import io.k3j.watchcache.Keys;
import io.k3j.watchcache.Marks;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongPredicate;

/// Which objects of a resource a list or watch is about. Objects are decoded only when labels or
/// fields other than name and namespace are asked for.
final class Selection {
    private static final String NAME = "metadata.name";
    private static final String NAMESPACE = "metadata.namespace";
    private final Target target;
    private final Selector labels;
    private final FieldSelector fields;
    private final String start;
    private final String name;
    private final LongPredicate probe;
    private final boolean trivial;

    private Selection(Target target, String namespace, Selector labels, FieldSelector fields) {
        this.target = target;
        this.labels = labels;
        this.fields = fields;
        this.name = fixed(NAME);
        String ns = namespace.isEmpty() && target.kind().namespaced() ? fixed(NAMESPACE) : namespace;
        this.start = Keys.scope(target.kind(), ns);
        this.probe = Marks.probe(labels);
        this.trivial = labels.everything() && fields.everything();
    }

    /// What a namespace (empty: all) and selectors choose.
    /// @throws ApiFault 400 for a field that cannot be selected by
    static Selection of(Target target, String namespace, Selector labels, FieldSelector fields) {
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

    private String fixed(String field) {
        return fields.requirements().stream().filter(r -> r.field().equals(field) && !r.negated())
                .map(FieldSelector.Requirement::value).findFirst().orElse("");
    }

    Target target() {
        return target;
    }

    /// What all keys in the store begin with; ends in `/`.
    String prefix() {
        return start;
    }

    /// The one key that is meant, empty when there may be several.
    String single() {
        boolean scoped = !target.kind().namespaced() || start.length() > target.kind().storage().prefix().length();
        return name.isEmpty() || !scoped ? "" : start + name;
    }

    /// What the marks of all chosen objects pass, see [Marks].
    LongPredicate probe() {
        return probe;
    }

    /// Whether nothing is selected by.
    boolean everything() {
        return trivial;
    }

    /// Whether an object below the prefix is chosen.
    /// @throws ApiFault 500 when it cannot be read: whoever asks for all of them must not take it for deleted
    boolean matches(Item item) {
        return matches(item, target::object);
    }

    /// The same for who looks once, as a list does: what has to be decoded for it is not kept.
    /// @throws ApiFault as [#matches]
    boolean matchesFresh(Item item) {
        return matches(item, target::fresh);
    }

    private boolean matches(Item item, Function<Item, Obj> decoded) {
        item.check();
        if (trivial) {
            return true;
        }
        Key key = item.key(target.kind().storage().prefix());
        if (!name.isEmpty() && !name.equals(key.name())) {
            return false;
        }
        return labels.matches(labels.everything() ? Map.of() : item.labels())
                && fields.matches(field -> value(item, key, field, decoded));
    }

    private String value(Item item, Key key, String field, Function<Item, Obj> decoded) {
        return switch (field) {
            case NAME -> key.name();
            case NAMESPACE -> key.namespace();
            default -> target.hooks().field(target.kind().gvk(), decoded.apply(item), field).orElse("");
        };
    }
}
