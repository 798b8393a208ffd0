package io.k3j.apiserver;

import io.k3j.apirequests.Bodies;
import io.k3j.apirequests.Request;
import io.k3j.apirequests.Responses;
import io.k3j.apiserverapi.KindHooks.ScalePaths;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Gvk;
import io.k3j.model.Obj;
import io.k3j.model.Patch;
import io.k3j.model.Struct;
import io.k3j.objectregistry.Intent;
import io.k3j.objectregistry.ObjectDecoder;
import io.k3j.objectregistry.ObjectRegistry;
import io.k3j.objectregistry.ScaleObjects;
import io.k3j.objectregistry.Shaping.Wish;
import io.k3j.objectregistry.Target;
import io.k3j.objectregistry.WriteResult;
import io.k3j.schema.Schemas;
import io.k3j.schema.Shape;
import java.io.IOException;
import java.util.function.Function;

/// Serves the subresource `scale`: the replicas of an object as a `Scale` object.
final class ScaleHandler {
    private static final Gvk SCALE = ScaleObjects.SCALE;
    private final ObjectRegistry objects;
    private final Bodies bodies;
    private final Schemas schemas;
    private final Responses answers;

    ScaleHandler(ObjectRegistry objects, Bodies bodies, Schemas schemas, Responses answers) {
        this.objects = objects;
        this.bodies = bodies;
        this.schemas = schemas;
        this.answers = answers;
    }

    /// The schema of a built-in kind.
    static Shape builtIn(Schemas schemas, Gvk kind) {
        return schemas.shape(kind)
                .orElseThrow(() -> ApiFault.internal("no schema for " + kind.apiVersion() + " " + kind.kind()));
    }

    /// Serves get, update and patch.
    void serve(Request request, Target target) throws IOException {
        Intent intent = WriteHandler.intent(request, target);
        ObjectDecoder.Expected expected = new ObjectDecoder.Expected(SCALE, builtIn(schemas, SCALE),
                request.params().text("fieldValidation"),
                request::warn);
        switch (request.info().verb()) {
            case "get" -> answers.tree(request, 200,
                    ScaleObjects.of(target.object(objects.reads().get(target, intent.key(), -1, request::warn)),
                            paths(target)));
            case "update" -> {
                Struct body = bodies.object(request, expected);
                change(request, intent, scale -> body);
            }
            case "patch" -> {
                Patch patch = bodies.patch(request, true);
                change(request, intent, scale -> patched(intent, patch, scale, expected));
            }
            default -> throw ReadHandler.notAllowed();
        }
    }

    private Struct patched(Intent intent, Patch patch, Struct scale, ObjectDecoder.Expected expected) {
        if (patch instanceof Patch.Apply a) {
            return scale.with("spec", a.wanted().struct("spec"));
        }
        return objects.patches().wish(intent, patch, Obj.of(scale), expected).object();
    }

    private void change(Request request, Intent intent, Function<Struct, Struct> change) throws IOException {
        ScalePaths paths = paths(intent.target());
        WriteResult outcome = objects.writes().change(intent, before -> {
            Struct wanted = change.apply(ScaleObjects.of(before, paths));
            Struct object = ScaleObjects.scaled(before.tree(), wanted, paths);
            String revision = wanted.struct("metadata").text("resourceVersion");
            return Wish.plain(revision.isEmpty() ? object : object.withAt(revision, "metadata", "resourceVersion"));
        });
        answers.tree(request, 200, ScaleObjects.of(intent.target().object(outcome.item()), paths));
    }

    /// Where an object of a kind has its replicas and its selector.
    static ScalePaths paths(Target target) {
        return target.hooks().scalePaths(target.kind().gvk());
    }
}
