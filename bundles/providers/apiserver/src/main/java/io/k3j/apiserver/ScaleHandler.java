package io.k3j.apiserver;

import io.k3j.apirequests.Bodies;
import io.k3j.apirequests.Request;
import io.k3j.apirequests.Responses;
import io.k3j.apiserverapi.KindHooks.ScalePaths;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Gvk;
import io.k3j.model.Obj;
import io.k3j.model.Patch;
import io.k3j.model.Selector;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.objectregistry.Intent;
import io.k3j.objectregistry.ObjectDecoder;
import io.k3j.objectregistry.ObjectRegistry;
import io.k3j.objectregistry.Shaping.Wish;
import io.k3j.objectregistry.Target;
import io.k3j.objectregistry.WriteResult;
import io.k3j.schema.Schemas;
import io.k3j.schema.Shape;
import java.io.IOException;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Serves the subresource `scale`: the replicas of an object as a `Scale` object.
final class ScaleHandler {
    private static final Gvk SCALE = new Gvk("autoscaling", "v1", "Scale");
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
                    of(target.object(objects.reads().get(target, intent.key(), -1, request::warn)), paths(target)));
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
            Struct wanted = change.apply(of(before, paths));
            long replicas = wanted.struct("spec").whole("replicas", 0);
            if (replicas < 0) {
                throw negative(before.name(), replicas);
            }
            Struct object = before.tree().withAt(replicas, array(paths.specReplicas()));
            String revision = wanted.struct("metadata").text("resourceVersion");
            return Wish.plain(revision.isEmpty() ? object : object.withAt(revision, "metadata", "resourceVersion"));
        });
        answers.tree(request, 200, of(intent.target().object(outcome.item()), paths));
    }

    private static ApiFault negative(String name, long replicas) {
        String why = "Invalid value: " + replicas + ": must be greater than or equal to 0";
        return new ApiFault(422, "Invalid", "Scale.autoscaling \"" + name + "\" is invalid: spec.replicas: " + why,
                Struct.of("name", name, "group", "autoscaling", "kind", "Scale", "causes", Seq.of(
                        Struct.of("reason", "FieldValueInvalid", "message", why, "field", "spec.replicas"))));
    }

    private static ScalePaths paths(Target target) {
        return target.hooks().scalePaths(target.kind().gvk());
    }

    private static String[] array(List<String> path) {
        return path.toArray(String[]::new);
    }

    /// The Scale of an object.
    private static Struct of(Obj object, ScalePaths paths) {
        Struct from = object.document().struct("metadata");
        Struct.Builder metadata = Struct.builder();
        for (String field : List.of("name", "namespace", "uid", "resourceVersion", "creationTimestamp")) {
            metadata.putUnlessEmpty(field, from.get(field));
        }
        Struct.Builder status = Struct.builder().put("replicas", number(object.at(array(paths.statusReplicas()))));
        if (!paths.selector().isEmpty()) {
            status.putUnlessEmpty("selector", selector(object.at(array(paths.selector()))));
        }
        return Struct.of("kind", "Scale", "apiVersion", "autoscaling/v1", "metadata", metadata.build(), "spec",
                Struct.of("replicas", number(object.at(array(paths.specReplicas())))), "status", status.build());
    }

    private static long number(@Nullable Object value) {
        return value instanceof Long l ? l : 0;
    }

    private static String selector(@Nullable Object value) {
        if (value instanceof String text) {
            return text;
        }
        if (!(value instanceof Struct s)) {
            return "";
        }
        return s.has("matchLabels") || s.has("matchExpressions") ? Selector.of(s).toString()
                : Selector.ofLabels(s.texts()).toString();
    }
}
