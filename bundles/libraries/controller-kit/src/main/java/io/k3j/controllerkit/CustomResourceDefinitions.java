package io.k3j.controllerkit;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.WriteOptions;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.Optional;

/// The definitions of the custom resources that a component brings itself, as K3s makes its own at each start. See
/// "Extend the Kubernetes API with CustomResourceDefinitions".
public final class CustomResourceDefinitions {
    private static final Gvr RESOURCE = Gvr.of("apiextensions.k8s.io/v1", "customresourcedefinitions");
    private static final int CONFLICT = 409;
    private static final int TRIES = 5;

    private CustomResourceDefinitions() {
    }

    /// Makes one that is not there, and adds to one that is the fields, columns and subresources it lacks, so that the
    /// API server prunes nothing of what this program reads. What it has stays: it may be that of a later version.
    /// Blocks for one or two requests, several when somebody else changes it meanwhile.
    ///
    /// @param definition whole, with `apiVersion` and `kind`
    /// @throws ApiFault when the API refuses it
    public static void ensure(ApiClient client, Struct definition) {
        for (int tries = 1;; tries++) {
            try {
                ensureOnce(client, definition);
                return;
            } catch (ApiFault raced) {
                if (raced.code() != CONFLICT || tries == TRIES) {
                    throw raced;
                }
            }
        }
    }

    private static void ensureOnce(ApiClient client, Struct definition) {
        Obj wanted = Obj.of(definition);
        Optional<Obj> there = client.find(RESOURCE, Key.of(wanted.name()));
        if (there.isEmpty()) {
            client.create(RESOURCE, wanted, WriteOptions.PLAIN);
            return;
        }
        Seq versions = there.get().spec().seq("versions");
        Seq completed = versions
                .mapped(version -> version(version, wanted.spec().seq("versions").find("name", version.text("name"))));
        if (!completed.equals(versions)) {
            client.update(RESOURCE, there.get().with(completed, "spec", "versions"), WriteOptions.PLAIN);
        }
    }

    private static Struct version(Struct there, Struct ours) {
        if (ours.isEmpty()) {
            return there;
        }
        Struct all = there.withAt(schema(schema(there), schema(ours)), "schema", "openAPIV3Schema");
        Seq columns = there.seq("additionalPrinterColumns");
        for (Struct column : ours.seq("additionalPrinterColumns").structs()) {
            if (columns.find("name", column.text("name")).isEmpty()) {
                columns = columns.plus(column);
            }
        }
        Struct subresources = there.struct("subresources");
        for (String name : ours.struct("subresources").names()) {
            subresources = subresources.has(name)
                    ? subresources
                    : subresources.with(name, ours.struct("subresources").get(name));
        }
        all = columns.isEmpty() ? all : all.with("additionalPrinterColumns", columns);
        return subresources.isEmpty() ? all : all.with("subresources", subresources);
    }

    private static Struct schema(Struct version) {
        return version.struct("schema").struct("openAPIV3Schema");
    }

    /// @return what is there with the fields that only ours has, on every level
    private static Struct schema(Struct there, Struct ours) {
        Struct fields = there.struct("properties");
        for (String name : ours.struct("properties").names()) {
            Object field = ours.struct("properties").get(name);
            fields = fields.with(name, fields.has(name) && field instanceof Struct known
                    ? schema(fields.struct(name), known)
                    : field);
        }
        Struct all = fields.isEmpty() ? there : there.with("properties", fields);
        return there.has("items") && ours.has("items")
                ? all.with("items", schema(there.struct("items"), ours.struct("items")))
                : all;
    }
}
