package io.k3j.resourcequota;

import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// A ResourceQuota as a check reads it: what its status says is limited and used. Immutable.
/// @param object at the revision at which its status may be replaced
record Quota(Obj object, ResourceList hard, ResourceList used, List<ScopeRequirement> scopes) {
    static Quota of(Obj object) {
        return new Quota(object, ResourceList.of(object.status().struct("hard")),
                ResourceList.of(object.status().struct("used")), ScopeRequirement.of(object.spec()));
    }

    Key key() {
        return object.key();
    }

    String name() {
        return object.name();
    }

    /// The names it limits that objects of a resource can use.
    Set<String> limitedBy(Evaluator evaluator) {
        Set<String> names = new TreeSet<>(hard.names());
        names.removeIf(n -> !evaluator.counts(n));
        return names;
    }

    /// Whether an object is in all of its scopes.
    boolean covers(Evaluator evaluator, Struct item) {
        return scopes.stream().allMatch(s -> evaluator.inScope(s, item));
    }

    Quota using(ResourceList amounts) {
        return new Quota(object, hard, amounts, scopes);
    }

    /// The object with its use as it is here.
    Obj written() {
        return object.with(used.struct(), "status", "used");
    }
}
