package io.k3j.admissionpolicies;

import io.k3j.admissionpolicies.Binding.ParamRef;
import io.k3j.apiserverapi.ResourceKind;
import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.View;
import io.k3j.model.Gvk;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Selector;
import io.k3j.model.Struct;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/// Finds the parameters of bindings: by views, one for each kind and selector that bindings name, so that a request
/// reads what it needs, and nothing of other namespaces. Any thread.
final class PolicyParams implements AutoCloseable {
    /// The only one of those that have none.
    static final Struct NONE = Struct.EMPTY;
    private static final int NOT_FOUND = 404;
    private final ApiClient api;
    private final ServedKinds kinds;
    private final Map<Selected, View> views = new ConcurrentHashMap<>();

    /// What bindings name.
    /// @param labels everything where they name one object
    record Selection(Gvk kind, Selector labels) {
    }

    /// What a view shows.
    private record Selected(Selection of, Gvr resource) {
    }

    PolicyParams(ApiClient api, ServedKinds kinds) {
        this.api = api;
        this.kinds = kinds;
    }

    /// The kind of a policy's parameters.
    /// @throws PolicyFault when it is not served
    ResourceKind kind(Gvk kind) throws PolicyFault {
        return kinds.of(kind).orElseThrow(() -> new PolicyFault("failed to find resource referenced by paramKind: '"
                + ServedKinds.text(kind) + "'"));
    }

    /// With which parameters a policy is applied: once with each; [#NONE] stands for none, an empty list for not at
    /// all.
    /// @param namespace of the request, empty for none
    /// @throws PolicyFault when they cannot be told, or there must be some
    List<Struct> of(Policy<?> policy, Binding binding, String namespace) throws PolicyFault {
        Gvk named = policy.params();
        ParamRef ref = binding.params();
        if (named == null || ref == null) {
            return List.of(NONE);
        }
        ResourceKind kind = kind(named);
        String where = namespace(kind, ref, namespace);
        List<Struct> found = found(kind, ref, where);
        if (found.isEmpty() && ref.denies()) {
            throw new PolicyFault("no params found for policy binding with `Deny` parameterNotFoundAction");
        }
        return found;
    }

    private static String namespace(ResourceKind kind, ParamRef ref, String namespace) throws PolicyFault {
        if (!kind.namespaced()) {
            if (!ref.namespace().isEmpty()) {
                throw new PolicyFault("paramRef.namespace must not be provided for a cluster-scoped `paramKind`");
            }
            return "";
        }
        String where = ref.namespace().isEmpty() ? namespace : ref.namespace();
        if (where.isEmpty()) {
            throw new PolicyFault("cannot use namespaced paramRef in policy binding that matches cluster-scoped"
                    + " resources");
        }
        return where;
    }

    private List<Struct> found(ResourceKind kind, ParamRef ref, String namespace) throws PolicyFault {
        Selected selected = new Selected(new Selection(kind.gvk(), ref.selector()), kind.gvr());
        View view = views.computeIfAbsent(selected, s -> api.view(s.resource(), Query.ALL.labelled(s.of().labels())));
        try {
            Collection<Obj> all = !ref.name().isEmpty()
                    ? view.get(new Key(namespace, ref.name())).map(List::of).orElse(List.of())
                    : kind.namespaced() ? view.list(namespace) : view.list();
            return all.stream().map(o -> shown(o, kind)).toList();
        } catch (ApiFault f) {
            if (f.code() == NOT_FOUND) {
                return List.of();
            }
            throw new PolicyFault(String.valueOf(f.getMessage()));
        }
    }

    private static Struct shown(Obj object, ResourceKind kind) {
        Struct tree = object.tree();
        return tree.text("kind").isEmpty()
                ? tree.with("apiVersion", kind.gvk().apiVersion()).with("kind", kind.gvk().kind()) : tree;
    }

    /// What the bindings of a policy select.
    static Stream<Selection> selections(PolicyHook<?> hook) {
        Gvk kind = hook.policy().params();
        return kind == null ? Stream.empty()
                : hook.bindings().stream().map(Binding::params).filter(Objects::nonNull)
                        .map(ref -> new Selection(kind, ref.selector()));
    }

    /// Closes the views of what no binding selects any more: a binding may be given one selector after the other.
    void retain(Set<Selection> wanted) {
        views.keySet().stream().filter(s -> !wanted.contains(s.of())).toList().forEach(s -> {
            View unused = views.remove(s);
            if (unused != null) {
                unused.close();
            }
        });
    }

    /// How many views are open, for tests.
    int views() {
        return views.size();
    }

    @Override
    public void close() {
        retain(Set.of());
    }
}
