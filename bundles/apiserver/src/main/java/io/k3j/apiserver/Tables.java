package io.k3j.apiserver;

import io.k3j.apiserverapi.ResourceKind.Column;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/// The Table and metadata-only forms. See
/// <https://kubernetes.io/docs/reference/using-api/api-concepts/#receiving-resources-as-tables>.
final class Tables {
    private final InstantSource clock;

    /// What of each object comes along with its row.
    enum Include {
        /// Nothing.
        NONE,
        /// Its metadata.
        METADATA,
        /// All of it.
        OBJECT;

        /// From the parameter `includeObject`.
        /// @throws ApiFault 400
        static Include of(String parameter) {
            return switch (parameter) {
                case "", "Metadata" -> METADATA;
                case "None" -> NONE;
                case "Object" -> OBJECT;
                default -> throw ApiFault.badRequest("unrecognized includeObject value: \"" + parameter + "\"");
            };
        }
    }

    Tables(InstantSource clock) {
        this.clock = clock;
    }

    /// A table of objects, without list metadata.
    Struct of(Target target, List<Obj> objects, Form form, Include include, boolean headers) {
        List<Struct> rows = new ArrayList<>(objects.size());
        for (Obj o : objects) {
            Struct.Builder row = Struct.builder()
                    .put("cells", target.hooks().cells(target.kind().gvk(), o, clock.instant()));
            switch (include) {
                case NONE -> row.put("object", null);
                case METADATA -> row.put("object", metadataOnly(o, form.version()));
                case OBJECT -> row.put("object", o.document());
            }
            rows.add(row.build());
        }
        Struct metadata = objects.size() == 1
                ? Struct.of("resourceVersion", Long.toString(objects.getFirst().revision())) : Struct.EMPTY;
        return Struct.builder().put("kind", "Table").put("apiVersion", "meta.k8s.io/" + form.version())
                .put("metadata", metadata).put("columnDefinitions", headers ? columns(target) : Seq.EMPTY)
                .put("rows", Seq.copyOf(rows)).build();
    }

    private static Seq columns(Target target) {
        List<Struct> all = new ArrayList<>();
        for (Column c : target.kind().columns()) {
            all.add(Struct.of("name", c.name(), "type", c.type(), "format", c.format(), "description",
                    c.description(), "priority", c.priority()));
        }
        return Seq.copyOf(all);
    }

    /// An object reduced to its metadata.
    static Struct metadataOnly(Obj object, String version) {
        return Struct.of("kind", "PartialObjectMetadata", "apiVersion", "meta.k8s.io/" + version, "metadata",
                object.document().struct("metadata"));
    }
}
