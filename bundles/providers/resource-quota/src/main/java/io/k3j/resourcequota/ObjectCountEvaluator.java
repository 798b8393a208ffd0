package io.k3j.resourcequota;

import io.k3j.apimachinery.Quantity;
import io.k3j.model.Struct;
import java.time.Instant;

/// Counts objects of any resource, `count/RESOURCE.GROUP`, and some by an older name too.
/// @param counted what one object uses
record ObjectCountEvaluator(ResourceList counted) implements Evaluator {
    /// For a resource, with its older name or an empty one.
    static ObjectCountEvaluator of(String group, String resource, String alias) {
        ResourceList one = ResourceList.of(name(group, resource), Quantity.of(1));
        return new ObjectCountEvaluator(alias.isEmpty() ? one : one.plus(ResourceList.of(alias, Quantity.of(1))));
    }

    /// How a quota calls the number of objects of a resource.
    static String name(String group, String resource) {
        return "count/" + resource + (group.isEmpty() ? "" : "." + group);
    }

    @Override
    public boolean counts(String name) {
        return counted.has(name);
    }

    @Override
    public ResourceList usage(Struct object, Instant now) {
        return counted;
    }
}
