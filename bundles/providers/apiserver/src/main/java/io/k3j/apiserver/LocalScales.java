package io.k3j.apiserver;

import io.k3j.apirequests.Responses;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.objectregistry.Intent;
import io.k3j.objectregistry.ObjectRegistry;
import io.k3j.objectregistry.ScaleObjects;
import io.k3j.objectregistry.Target;

/// The subresource `scale` for components of this process, as [ScaleHandler] serves it over HTTP.
///
/// @param objects where the scaled objects are
record LocalScales(ObjectRegistry objects) {
    /// The subresource.
    static final String SCALE = "scale";

    /// The Scale of an object.
    /// @throws io.k3j.clientapi.ApiFault 404 when the object is not there, or its kind has no replicas
    Struct get(Target target, Key key) {
        return ScaleObjects.of(target.object(objects.reads().get(served(target), key)), ScaleHandler.paths(target));
    }

    /// Takes the replicas of a Scale into its object; a revision in it must be the newest.
    /// @return the Scale afterwards
    Obj update(Intent intent, Struct scale) {
        Target target = served(intent.target());
        return Obj.of(ScaleObjects.of(target.object(
                objects.writes().change(intent, before -> ScaleHandler.scaled(target, before, scale)).item()),
                ScaleHandler.paths(target)));
    }

    private static Target served(Target target) {
        if (target.kind().subresource(SCALE).isEmpty()) {
            throw Responses.noSuchResource();
        }
        return target;
    }
}
