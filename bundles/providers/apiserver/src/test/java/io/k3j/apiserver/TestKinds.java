package io.k3j.apiserver;

import io.k3j.apiserverapi.FieldProblem;
import io.k3j.apiserverapi.KindCatalog;
import io.k3j.apiserverapi.KindHooks;
import io.k3j.apiserverapi.ResourceKind;
import io.k3j.apiserverapi.ResourceKind.Column;
import io.k3j.apiserverapi.ResourceKind.Names;
import io.k3j.apiserverapi.ResourceKind.Scope;
import io.k3j.apiserverapi.ResourceKind.Storage;
import io.k3j.apiserverapi.ResourceKind.Strategy;
import io.k3j.apiserverapi.ResourceKind.Subresource;
import io.k3j.apiserverapi.Write;
import io.k3j.model.Gvk;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.schema.Schemas;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// A few kinds with few rules, enough to test each behaviour of the server itself.
final class TestKinds implements KindCatalog {
    static final Schemas SCHEMAS = new Schemas();
    private static final Set<String> ALL = new TreeSet<>(
            Set.of("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"));
    private static final Set<String> PART = new TreeSet<>(Set.of("get", "patch", "update"));

    @Override
    public Collection<ResourceKind> kinds() {
        return List.of(
                kind("v1", "configmaps", "ConfigMap", "/registry/configmaps/", List.of(),
                        new Strategy(true, false, false, false, false)),
                kind("v1", "pods", "Pod", "/registry/pods/",
                        List.of(status("v1", "Pod"), connection("exec", "PodExecOptions", "create"),
                                connection("proxy", "PodProxyOptions", ""),
                                new Subresource("eviction", Gvk.of("policy/v1", "Eviction"), Set.of("create"),
                                        Scope.WHOLE)),
                        new Strategy(true, false, true, true, true)),
                kind("apps/v1", "deployments", "Deployment", "/registry/deployments/",
                        List.of(status("apps/v1", "Deployment"),
                                new Subresource("scale", new Gvk("autoscaling", "v1", "Scale"), PART,
                                        Scope.WHOLE)),
                        new Strategy(true, false, false, true, true)),
                kind("coordination.k8s.io/v1", "leases", "Lease", "/registry/leases/", List.of(),
                        new Strategy(false, true, false, false, false)));
    }

    private static Subresource status(String apiVersion, String kind) {
        return new Subresource("status", Gvk.of(apiVersion, kind), PART, Scope.STATUS);
    }

    private static Subresource connection(String name, String kind, String needs) {
        return new Subresource(name, Gvk.of("v1", kind), new TreeSet<>(Set.of("create", "get")), true, needs,
                Scope.WHOLE);
    }

    static ResourceKind kind(String apiVersion, String plural, String kind, String prefix,
            List<Subresource> subresources, Strategy strategy) {
        Gvk gvk = Gvk.of(apiVersion, kind);
        return new ResourceKind(Gvr.of(apiVersion, plural), gvk,
                new Names(plural.substring(0, plural.length() - 1), List.of(), List.of()), true, ALL, subresources,
                new Storage(prefix, gvk), SCHEMAS.shape(gvk).orElseThrow(),
                List.of(new Column("Name", "string", "name", "The name.", 0, "")), strategy);
    }

    /// Hooks of every group: names must be lower case; pods have a field selector for their node and a grace period.
    static class Hooks implements KindHooks {
        @Override
        public String group() {
            return EVERY_OTHER_GROUP;
        }

        @Override
        public Struct defaulted(Gvk kind, Struct object) {
            return object;
        }

        @Override
        public List<FieldProblem> problems(Write write, Struct object) {
            String name = object.struct("metadata").text("name");
            return name.equals(name.toLowerCase(Locale.ROOT)) ? List.of()
                    : List.of(FieldProblem.invalid("metadata.name", name, "must be lower case"));
        }

        @Override
        public List<Object> cells(Gvk kind, Obj object, Instant now) {
            return List.of(object.name());
        }

        @Override
        public long gracePeriodSeconds(Gvk kind, Obj object, long asked) {
            return object.spec().text("nodeName").isEmpty() ? 0 : asked >= 0 ? asked
                    : object.spec().whole("terminationGracePeriodSeconds", 30);
        }

        @Override
        public Optional<String> field(Gvk kind, Obj object, String field) {
            return kind.kind().equals("Pod") && field.equals("spec.nodeName")
                    ? Optional.of(object.spec().text("nodeName")) : Optional.empty();
        }
    }
}
