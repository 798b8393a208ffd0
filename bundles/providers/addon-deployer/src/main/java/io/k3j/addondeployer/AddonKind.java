package io.k3j.addondeployer;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.WriteOptions;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;

/// The custom resource `addons.k3s.cattle.io`, with K3s' columns and fields
/// (<https://github.com/k3s-io/api>, `pkg/crds`). Every server with an API server makes it; it is in no manifest.
final class AddonKind {
    private static final Gvr DEFINITIONS = Gvr.of("apiextensions.k8s.io/v1", "customresourcedefinitions");
    private static final String NAME = "addons.k3s.cattle.io";
    private static final int CONFLICT = 409;

    private AddonKind() {
    }

    /// Makes it when it is not there. One that is there stays as it is: it may be that of another version of K3s.
    /// Blocks for one or two requests.
    /// @throws ApiFault when the API refuses it
    static void ensure(ApiClient client) {
        if (client.find(DEFINITIONS, Key.of(NAME)).isEmpty()) {
            try {
                client.create(DEFINITIONS, Obj.of(definition()), WriteOptions.PLAIN);
            } catch (ApiFault made) {
                if (made.code() != CONFLICT) {
                    throw made;
                }
            }
        }
    }

    private static Struct definition() {
        Struct text = Struct.of("type", "string");
        Struct spec = object(Struct.of("checksum", text, "source", text));
        Struct schema = object(Struct.of("apiVersion", text, "kind", text, "metadata", Struct.of("type", "object"),
                "spec", spec));
        Struct version = Struct.of("name", "v1", "served", true, "storage", true, "additionalPrinterColumns",
                Seq.of(column("Source", ".spec.source"), column("Checksum", ".spec.checksum")), "schema",
                Struct.of("openAPIV3Schema", schema));
        return Struct.of("apiVersion", DEFINITIONS.apiVersion(), "kind", "CustomResourceDefinition", "metadata",
                Struct.of("name", NAME), "spec",
                Struct.of("group", "k3s.cattle.io", "scope", "Namespaced", "names",
                        Struct.of("kind", Addons.KIND, "listKind", Addons.KIND + "List", "plural", "addons", "singular",
                                "addon"),
                        "versions", Seq.of(version)));
    }

    private static Struct column(String name, String path) {
        return Struct.of("name", name, "type", "string", "jsonPath", path);
    }

    private static Struct object(Struct properties) {
        return Struct.of("type", "object", "properties", properties);
    }
}
