package io.k3j.helmcontroller;

import io.k3j.clientapi.ApiClient;
import io.k3j.controllerkit.CustomResourceDefinitions;
import io.k3j.model.Gvr;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Locale;

/// The custom resources of `helm.cattle.io/v1`, with K3s' fields and columns. The leading server makes them; they are
/// in no manifest. See <https://docs.k3s.io/add-ons/helm>.
final class HelmKinds {
    static final String API = "helm.cattle.io/v1";
    static final Gvr CHARTS = Gvr.of(API, "helmcharts");
    static final Gvr CONFIGS = Gvr.of(API, "helmchartconfigs");
    private static final Struct TEXT = Struct.of("type", "string");
    private static final Struct FLAG = Struct.of("type", "boolean");
    private static final Struct ANYTHING = Struct.of("x-kubernetes-preserve-unknown-fields", true);
    /// A pod's security context is one of the fields that mean nothing without a pod; whatever it holds is kept.
    private static final Struct ANY_OBJECT = ANYTHING.with("type", "object");

    private HelmKinds() {
    }

    /// Makes them, or adds to them what they lack.
    ///
    /// @throws io.k3j.clientapi.ApiFault when the API refuses one
    static void ensure(ApiClient client) {
        CustomResourceDefinitions.ensure(client, chart());
        CustomResourceDefinitions.ensure(client, config());
    }

    private static Struct chart() {
        Seq columns = Seq.of(column("Repo", "string", ".spec.repo"), column("Chart", "string", ".spec.chart"),
                column("Version", "string", ".spec.version"),
                column("TargetNamespace", "string", ".spec.targetNamespace"),
                column("Bootstrap", "boolean", ".spec.bootstrap"),
                column("Failed", "string", ".status.conditions[?(@.type=='Failed')].status"),
                column("Job", "string", ".status.jobName").with("priority", 10));
        Struct condition = object(Struct.of("type", TEXT, "status", TEXT, "reason", TEXT, "message", TEXT))
                .with("required", Seq.of("status", "type"));
        Struct conditions = list(condition).with("x-kubernetes-list-type", "map").with("x-kubernetes-list-map-keys",
                Seq.of("type"));
        Struct status = object(Struct.of("jobName", TEXT, "conditions", conditions));
        return definition("HelmChart", "hc", version(Struct.of("spec", object(chartFields()), "status", status))
                .with("additionalPrinterColumns", columns).with("subresources", Struct.of("status", Struct.EMPTY)));
    }

    private static Struct config() {
        return definition("HelmChartConfig", "hcc", version(Struct.of("spec", object(configFields()))));
    }

    private static Struct chartFields() {
        Struct.Builder all = Struct.builder();
        for (String name : List.of("targetNamespace", "chart", "version", "repo", "repoCA", "chartContent",
                "helmVersion", "jobImage", "timeout")) {
            all.put(name, TEXT);
        }
        for (String name : List.of("createNamespace", "bootstrap", "takeOwnership", "authPassCredentials",
                "insecureSkipTLSVerify", "plainHTTP")) {
            all.put(name, FLAG);
        }
        for (String name : List.of("repoCAConfigMap", "authSecret", "dockerRegistrySecret")) {
            all.put(name, object(Struct.of("name", TEXT.with("default", ""))).with("x-kubernetes-map-type", "atomic"));
        }
        Struct number = Struct.of("anyOf", Seq.of(Struct.of("type", "integer"), TEXT), "x-kubernetes-int-or-string",
                true);
        all.put("set", Struct.of("type", "object", "additionalProperties", number));
        all.put("backOffLimit", Struct.of("type", "integer", "format", "int32"));
        Struct fixed = Struct.of("rule", "!oldSelf.hasValue() || self == oldSelf.value()", "message",
                "driver is immutable after creation", "optionalOldSelf", true);
        all.put("driver", oneOf("secret", "configmap").with("default", "secret").with("x-kubernetes-validations",
                Seq.of(fixed)));
        all.put("podSecurityContext", ANY_OBJECT).put("securityContext", ANY_OBJECT);
        configFields().forEach(all::put);
        return all.build();
    }

    private static Struct configFields() {
        Struct secret = object(Struct.of("name", TEXT, "keys", list(TEXT), "ignoreUpdates", FLAG));
        return Struct.of("values", ANYTHING, "valuesContent", TEXT, "valuesSecrets", list(secret), "failurePolicy",
                oneOf("abort", "reinstall", "retry").with("default", "reinstall"), "serverSide",
                oneOf("true", "false", "auto"), "forceConflicts", FLAG);
    }

    private static Struct definition(String kind, String shortName, Struct version) {
        String plural = kind.toLowerCase(Locale.ROOT) + "s";
        return Struct.of("apiVersion", "apiextensions.k8s.io/v1", "kind", "CustomResourceDefinition", "metadata",
                Struct.of("name", plural + ".helm.cattle.io"), "spec",
                Struct.of("group", "helm.cattle.io", "scope", "Namespaced", "names",
                        Struct.of("kind", kind, "listKind", kind + "List", "plural", plural, "singular",
                                plural.substring(0, plural.length() - 1), "shortNames", Seq.of(shortName)),
                        "versions", Seq.of(version)));
    }

    private static Struct version(Struct parts) {
        Struct.Builder fields = Struct.of("apiVersion", TEXT, "kind", TEXT, "metadata", Struct.of("type", "object"))
                .toBuilder();
        parts.forEach(fields::put);
        return Struct.of("name", "v1", "served", true, "storage", true, "schema",
                Struct.of("openAPIV3Schema", object(fields.build())));
    }

    private static Struct column(String name, String type, String path) {
        return Struct.of("name", name, "type", type, "jsonPath", path);
    }

    private static Struct object(Struct properties) {
        return Struct.of("type", "object", "properties", properties);
    }

    private static Struct list(Struct items) {
        return Struct.of("type", "array", "items", items);
    }

    private static Struct oneOf(String... values) {
        return TEXT.with("enum", Seq.of((Object[]) values));
    }
}
