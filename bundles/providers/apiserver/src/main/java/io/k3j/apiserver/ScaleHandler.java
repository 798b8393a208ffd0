package io.k3j.apiserver;

import io.k3j.apirequests.Bodies;
import io.k3j.apirequests.Request;
import io.k3j.apiserverapi.KindHooks.ScalePaths;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Gvk;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import io.k3j.model.Patch;
import io.k3j.model.Struct;
import io.k3j.objectregistry.Intent;
import io.k3j.objectregistry.Metadata;
import io.k3j.objectregistry.ObjectDecoder;
import io.k3j.objectregistry.ObjectRegistry;
import io.k3j.objectregistry.ScaleObjects;
import io.k3j.objectregistry.Shaping.Wish;
import io.k3j.objectregistry.Target;
import io.k3j.schema.Schemas;
import io.k3j.schema.Shape;
import java.io.IOException;
import java.util.function.Function;

/// Serves the subresource `scale`: the replicas of an object as a `Scale` object.
final class ScaleHandler {
    private final ObjectRegistry objects;
    private final Bodies bodies;
    private final Schemas schemas;
    private final ReadHandler reads;

    ScaleHandler(ObjectRegistry objects, Bodies bodies, Schemas schemas, ReadHandler reads) {
        this.objects = objects;
        this.bodies = bodies;
        this.schemas = schemas;
        this.reads = reads;
    }

    /// The schema of a built-in kind.
    static Shape builtIn(Schemas schemas, Gvk kind) {
        return schemas.shape(kind)
                .orElseThrow(() -> ApiFault.internal("no schema for " + kind.apiVersion() + " " + kind.kind()));
    }

    /// Serves get, update and patch.
    void serve(Request request, Target target) throws IOException {
        Intent intent = WriteHandler.intent(request, target);
        ObjectDecoder.Expected expected = new ObjectDecoder.Expected(ScaleObjects.SCALE,
                builtIn(schemas, ScaleObjects.SCALE), request.params().text("fieldValidation"), request::warn);
        switch (request.info().verb()) {
            case "get" -> reads.scale(request, ScaleObjects.of(
                    target.object(objects.reads().get(target, intent.key(), -1, request::warn)), paths(target)));
            case "update" -> {
                Struct body = bodies.object(request, expected);
                change(request, intent, before -> scaled(target, before, body));
            }
            case "patch" -> {
                Patch patch = bodies.patch(request, true);
                change(request, intent, patch instanceof Patch.Apply a ? before -> applied(intent, before, a.wanted())
                        : before -> scaled(target, before, patched(intent, patch, before, expected)));
            }
            default -> throw ReadHandler.notAllowed();
        }
    }

    private Struct patched(Intent intent, Patch patch, Obj before, ObjectDecoder.Expected expected) {
        Obj scale = Obj.of(ScaleObjects.of(before, paths(intent.target())));
        return objects.patches().wish(intent, patch, scale, expected).object();
    }

    static Wish scaled(Target target, Obj before, Struct scale) {
        return wish(target, before, ScaleObjects.scaled(before.tree(), scale, paths(target)), scale);
    }

    /// The applier owns the replicas of the object, by way of this subresource.
    private Wish applied(Intent intent, Obj before, Struct scale) {
        Target target = intent.target();
        Gvk kind = target.kind().gvk();
        Struct wanted = Struct.of("apiVersion", kind.apiVersion(), "kind", kind.kind());
        return objects.patches().owned(intent, wish(target, before, before.tree(), scale).object(),
                scale.struct("spec").has("replicas") ? ScaleObjects.scaled(wanted, scale, paths(target)) : wanted);
    }

    private static Wish wish(Target target, Obj before, Struct object, Struct scale) {
        Struct metadata = scale.struct("metadata");
        Metadata.sameUid(new Gvr(target.gvr().group(), "", target.gvr().resource() + "/scale"), before.name(),
                metadata.text("uid"), before.uid());
        String revision = metadata.text("resourceVersion");
        return Wish.plain(revision.isEmpty() ? object : object.withAt(revision, "metadata", "resourceVersion"));
    }

    private void change(Request request, Intent intent, Function<Obj, Wish> change) throws IOException {
        Obj object = intent.target().object(objects.writes().change(intent, change).item());
        reads.scale(request, ScaleObjects.of(object, paths(intent.target())));
    }

    /// Where an object of a kind has its replicas and its selector.
    static ScalePaths paths(Target target) {
        return target.hooks().scalePaths(target.kind().gvk());
    }
}
