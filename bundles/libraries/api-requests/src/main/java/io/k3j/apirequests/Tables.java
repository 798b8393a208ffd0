package io.k3j.apirequests;

import io.k3j.apiserverapi.ResourceKind.Column;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Null;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.objectregistry.ScaleObjects;
import io.k3j.objectregistry.Target;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The Table and metadata-only forms. What a row says is the kind's business (`KindHooks.cells`). Immutable, any
/// thread. See <https://kubernetes.io/docs/reference/using-api/api-concepts/#receiving-resources-as-tables>.
public final class Tables {
    private final InstantSource clock;

    /// What of each object comes along with its row (the parameter `includeObject`).
    public enum Include {
        /// Nothing.
        NONE,
        /// Its metadata.
        METADATA,
        /// All of it.
        OBJECT;

        /// From the parameter `includeObject`; without one it is the metadata, which kubectl needs for names.
        ///
        /// @throws ApiFault 400 for a word that is none of the three
        public static Include of(String parameter) {
            return switch (parameter) {
                case "", "Metadata" -> METADATA;
                case "None" -> NONE;
                case "Object" -> OBJECT;
                default -> throw ApiFault.badRequest("unrecognized includeObject value: \"" + parameter + "\"");
            };
        }
    }

    /// @param clock for ages
    public Tables(InstantSource clock) {
        this.clock = clock;
    }

    /// A table of one object, as of a watch's event.
    ///
    /// @param headers whether the column definitions come along
    /// @throws ApiFault 503 while the kind's bundle is away
    public Struct of(Target target, Obj object, Form form, Include include, boolean headers) {
        Struct metadata = Struct.of("resourceVersion", Long.toString(object.revision()));
        return head(target, form).with("metadata", metadata)
                .with("columnDefinitions", headers ? columns(target) : Null.NULL)
                .with("rows", Seq.of(row(target, object, form, include)));
    }

    /// A table but for its rows, which come last.
    Struct head(Target target, Form form) {
        return Struct.of("kind", "Table", "apiVersion", "meta.k8s.io/" + form.version(), "metadata", Struct.EMPTY,
                "columnDefinitions", columns(target));
    }

    /// The row of an object.
    Struct row(Target target, Obj object, Form form, Include include) {
        return Struct.of("cells", target.hooks().cells(target.kind().gvk(), object, clock.instant()), "object",
                shown(object, form, include));
    }

    /// A table of a Scale.
    public Struct scale(Struct scale, Form form, Include include) {
        return ScaleObjects.table(scale, form.version(), shown(Obj.of(scale), form, include), clock.instant());
    }

    private static @Nullable Struct shown(Obj object, Form form, Include include) {
        return switch (include) {
            case NONE -> null;
            case METADATA -> metadataOnly(object, form.version());
            case OBJECT -> object.document();
        };
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
