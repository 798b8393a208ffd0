package io.k3j.apiserver;

import io.k3j.apiserver.Shaping.Wish;
import io.k3j.apiserverapi.Action;
import io.k3j.apiserverapi.KindHooks.ScalePaths;
import io.k3j.apiserverapi.ResourceKind;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Gvk;
import io.k3j.model.Obj;
import io.k3j.model.Patch;
import io.k3j.model.Selector;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.schema.Schemas;
import io.k3j.schema.Shape;
import java.io.IOException;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Subresources of another kind than their object: `scale`, and POSTs that are carried out by an
/// [Action] (bindings, evictions, tokens, reviews).
final class Subresources {
    private static final Gvk SCALE = new Gvk("autoscaling", "v1", "Scale");
    private final Core core;

    Subresources(Core core) {
        this.core = core;
    }

    /// A POST that is no plain create.
    /// @throws ApiFault 503 while nobody carries it out
    void act(Request request, Target target, Gvk takes) throws IOException {
        RequestInfo info = request.info();
        if (!info.verb().equals("create")) {
            throw Resources.notAllowed();
        }
        Action action = core.extensions().action(info.gvr(), info.subresource())
                .orElseThrow(() -> ApiFault.unavailable("nobody carries out " + info.gvr().qualified()
                        + (info.subresource().isEmpty() ? "" : "/" + info.subresource())));
        Struct body = core.bodies().object(request, new Bodies.Expected(takes, shape(target.kind(), takes),
                request.params().text("fieldValidation"), request::warn));
        Intent intent = Changes.intent(request, target);
        Struct answer = core.operations().act(intent, action, body);
        core.answers().tree(request, 201, answer);
    }

    private Shape shape(ResourceKind kind, Gvk wanted) {
        return wanted.equals(kind.gvk()) ? kind.shape() : builtIn(wanted);
    }

    private Shape builtIn(Gvk kind) {
        Schemas schemas = core.schemas();
        return schemas.shape(kind)
                .orElseThrow(() -> ApiFault.internal("no schema for " + kind.apiVersion() + " " + kind.kind()));
    }

    /// The `scale` subresource: get, update, patch.
    void scale(Request request, Target target) throws IOException {
        Intent intent = Changes.intent(request, target);
        Bodies.Expected expected = new Bodies.Expected(SCALE, builtIn(SCALE), request.params().text("fieldValidation"),
                request::warn);
        switch (request.info().verb()) {
            case "get" -> core.answers().tree(request, 200,
                    of(target.object(core.reads().get(target, intent.key(), -1, request::warn)), paths(target)));
            case "update" -> {
                Struct body = core.bodies().object(request, expected);
                change(request, intent, scale -> body);
            }
            case "patch" -> {
                Patch patch = core.patches().read(request, true);
                change(request, intent, scale -> patched(intent, patch, scale, expected));
            }
            default -> throw Resources.notAllowed();
        }
    }

    private Struct patched(Intent intent, Patch patch, Struct scale, Bodies.Expected expected) {
        if (patch instanceof Patch.Apply a) {
            return scale.with("spec", a.wanted().struct("spec"));
        }
        return core.patches().wish(intent, patch, Obj.of(scale), expected).object();
    }

    private void change(Request request, Intent intent, Function<Struct, Struct> change) throws IOException {
        ScalePaths paths = paths(intent.target());
        Outcome outcome = core.writes().change(intent, before -> {
            Struct wanted = change.apply(of(before, paths));
            long replicas = wanted.struct("spec").whole("replicas", 0);
            if (replicas < 0) {
                throw negative(before.name(), replicas);
            }
            Struct object = before.tree().withAt(replicas, array(paths.specReplicas()));
            String revision = wanted.struct("metadata").text("resourceVersion");
            return Wish.plain(revision.isEmpty() ? object : object.withAt(revision, "metadata", "resourceVersion"));
        });
        core.answers().tree(request, 200, of(intent.target().object(outcome.item()), paths));
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

    /// The scale of an object.
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
