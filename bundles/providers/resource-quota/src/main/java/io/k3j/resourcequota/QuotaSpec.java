package io.k3j.resourcequota;

import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/// What a ResourceQuota wants counted: two of them that are equal count the same.
record QuotaSpec(Key key, String uid, Set<String> names, List<ScopeRequirement> scopes) {
    static QuotaSpec of(Obj quota) {
        return new QuotaSpec(quota.key(), quota.uid(), Set.copyOf(quota.spec().struct("hard").names()),
                ScopeRequirement.of(quota.spec()));
    }

    /// Whether objects of a resource can matter to it.
    boolean counts(Evaluator evaluator) {
        return names.stream().anyMatch(evaluator::counts);
    }

    /// Whether each of its names is of some of these resources.
    boolean served(Collection<Gvr> resources) {
        return names.stream().allMatch(n -> resources.stream().anyMatch(r -> Evaluators.of(r).counts(n)));
    }

    /// What an amount is to it: nothing of an object that is out of its scopes, else what it has names for.
    ResourceList counted(Evaluator evaluator, Struct object, ResourceList usage) {
        return scopes.stream().allMatch(s -> evaluator.inScope(s, object)) ? usage.only(names::contains)
                : ResourceList.EMPTY;
    }
}
