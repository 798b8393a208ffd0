package io.k3j.objectregistry;

import io.k3j.apimachinery.HumanDuration;
import io.k3j.apiserverapi.FieldProblem;
import io.k3j.apiserverapi.KindHooks.ScalePaths;
import io.k3j.model.Gvk;
import io.k3j.model.Obj;
import io.k3j.model.Selector;
import io.k3j.model.Struct;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The replicas of an object as a `Scale` object, and back. Pure. See
/// <https://kubernetes.io/docs/reference/kubernetes-api/autoscaling-resources/scale-v1/>.
public final class ScaleObjects {
    /// What the subresource `scale` shows and takes.
    public static final Gvk SCALE = new Gvk("autoscaling", "v1", "Scale");

    private ScaleObjects() {
    }

    /// The Scale of an object.
    public static Struct of(Obj object, ScalePaths paths) {
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

    /// An object with as many replicas as a Scale of it wants.
    /// @throws io.k3j.clientapi.ApiFault 422 for less than none
    public static Struct scaled(Struct object, Struct scale, ScalePaths paths) {
        long replicas = scale.struct("spec").whole("replicas", 0);
        if (replicas < 0) {
            throw FieldProblem.fault(SCALE, object.struct("metadata").text("name"), List.of(FieldProblem.invalid(
                    "spec.replicas", replicas, "must be greater than or equal to 0")));
        }
        return object.withAt(replicas, array(paths.specReplicas()));
    }

    /// A Scale as a Table.
    ///
    /// @param object what its row has of it, null for nothing
    public static Struct table(Struct scale, String version, @Nullable Struct object, Instant now) {
        Struct metadata = scale.struct("metadata");
        String made = metadata.text("creationTimestamp");
        List<Object> cells = List.of(metadata.text("name"), scale.struct("spec").whole("replicas", 0),
                scale.struct("status").whole("replicas", 0),
                made.isEmpty() ? "<unknown>" : HumanDuration.of(Duration.between(Instant.parse(made), now)));
        return Struct.of("kind", "Table", "apiVersion", "meta.k8s.io/" + version, "metadata",
                Struct.of("resourceVersion", metadata.text("resourceVersion")), "columnDefinitions",
                List.of(column("Name", "string"), column("Desired", "integer"), column("Available", "integer"),
                        column("Age", "string")),
                "rows", List.of(Struct.of("cells", cells, "object", object)));
    }

    private static Struct column(String name, String type) {
        return Struct.of("name", name, "type", type, "format", "", "description", name + " of the scaled object.",
                "priority", 0);
    }

    private static String[] array(List<String> path) {
        return path.toArray(String[]::new);
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
