package io.k3j.addondeployer;

import io.k3j.clientapi.ApiClient;
import io.k3j.controllerkit.CustomResourceDefinitions;
import io.k3j.model.Seq;
import io.k3j.model.Struct;

/// The custom resource `addons.k3s.cattle.io`, with K3s' columns and fields
/// (<https://github.com/k3s-io/api>, `pkg/crds`). Every server with an API server makes it; it is in no manifest.
final class AddonKind {
    private static final String NAME = "addons.k3s.cattle.io";

    private AddonKind() {
    }

    /// Makes it, or adds to it what it lacks. Blocks for one or two requests.
    /// @throws io.k3j.clientapi.ApiFault when the API refuses it
    static void ensure(ApiClient client) {
        CustomResourceDefinitions.ensure(client, definition());
    }

    private static Struct definition() {
        Struct text = Struct.of("type", "string");
        Struct spec = object(Struct.of("checksum", text, "source", text));
        Struct schema = object(Struct.of("apiVersion", text, "kind", text, "metadata", Struct.of("type", "object"),
                "spec", spec));
        Struct version = Struct.of("name", "v1", "served", true, "storage", true, "additionalPrinterColumns",
                Seq.of(column("Source", ".spec.source"), column("Checksum", ".spec.checksum")), "schema",
                Struct.of("openAPIV3Schema", schema));
        return Struct.of("apiVersion", "apiextensions.k8s.io/v1", "kind", "CustomResourceDefinition", "metadata",
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
