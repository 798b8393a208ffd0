package io.k3j.etcdsnapshots;

import io.k3j.clientapi.ApiClient;
import io.k3j.controllerkit.CustomResourceDefinitions;
import io.k3j.model.Seq;
import io.k3j.model.Struct;

/// The custom resource `etcdsnapshotfiles.k3s.cattle.io`, with K3s' columns and fields. A server with etcd makes it; it
/// is in no manifest.
final class SnapshotKind {
    private static final String NAME = "etcdsnapshotfiles.k3s.cattle.io";

    private SnapshotKind() {
    }

    /// Makes it, or adds to it what it lacks. Blocks for one or two requests.
    /// @throws io.k3j.clientapi.ApiFault when the API refuses it
    static void ensure(ApiClient client) {
        CustomResourceDefinitions.ensure(client, definition());
    }

    private static Struct definition() {
        Struct version = Struct.of("name", "v1", "served", true, "storage", true, "subresources",
                Struct.of("status", Struct.EMPTY), "additionalPrinterColumns",
                Seq.of(column("SnapshotName", ".spec.snapshotName", "string"),
                        column("Node", ".spec.nodeName", "string"), column("Location", ".spec.location", "string"),
                        column("Size", ".status.size", "string"),
                        column("CreationTime", ".status.creationTime", "date")),
                "schema", Struct.of("openAPIV3Schema", schema()));
        return Struct.of("apiVersion", "apiextensions.k8s.io/v1", "kind", "CustomResourceDefinition", "metadata",
                Struct.of("name", NAME), "spec",
                Struct.of("group", "k3s.cattle.io", "scope", "Cluster", "names",
                        Struct.of("kind", SnapshotFile.KIND, "listKind", SnapshotFile.KIND + "List", "plural",
                                "etcdsnapshotfiles", "singular", "etcdsnapshotfile"),
                        "versions", Seq.of(version)));
    }

    private static Struct column(String name, String path, String type) {
        return Struct.of("name", name, "type", type, "jsonPath", path);
    }

    /// Size may be a number or a quantity's text, as Go's `resource.Quantity` is described in CRDs.
    private static Struct schema() {
        Struct text = Struct.of("type", "string");
        Struct flag = Struct.of("type", "boolean");
        Struct time = Struct.of("type", "string", "format", "date-time");
        Struct s3 = object(Struct.of("endpoint", text, "endpointCA", text, "skipSSLVerify", flag, "bucket", text,
                "bucketLookup", text, "region", text, "prefix", text, "insecure", flag));
        Struct spec = object(Struct.of("snapshotName", text, "nodeName", text, "location", text, "metadata",
                Struct.of("type", "object", "additionalProperties", text), "s3", s3))
                .with("required", Seq.of("location", "nodeName", "snapshotName"));
        Struct size = Struct.of("x-kubernetes-int-or-string", true, "anyOf",
                Seq.of(Struct.of("type", "integer"), text));
        Struct status = object(Struct.of("size", size, "creationTime", time, "readyToUse", flag, "error",
                object(Struct.of("time", time, "message", text))));
        return object(Struct.of("apiVersion", text, "kind", text, "metadata", Struct.of("type", "object"), "spec",
                spec, "status", status));
    }

    private static Struct object(Struct properties) {
        return Struct.of("type", "object", "properties", properties);
    }
}
