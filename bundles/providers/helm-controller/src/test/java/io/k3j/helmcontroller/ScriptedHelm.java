package io.k3j.helmcontroller;

import io.k3j.clientapi.Query;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.testkit.FakeApi;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Queue;
import java.util.function.BooleanSupplier;

/// Writes down releases as Helm would, and fails as it is told to.
final class ScriptedHelm implements Helm {
    /// What was asked, as `operation`.
    final List<String> asked = new ArrayList<>();
    /// The request before this moment.
    Properties last = new Properties();
    /// `{"info":{"status":"x"}}`, packed as Helm does.
    private static final String PACKED = "SDRzSUFBQUFBQUFDQTZ0V3lzeEx5MWV5cWxZcUxra3NLUzFXc2xLcVVLcXRCUUJ1R1NVV0Z3QUFBQT09";
    private final Queue<String> failures = new ArrayDeque<>();
    private final FakeApi api;
    private int revision;

    ScriptedHelm(FakeApi api) {
        this.api = api;
    }

    /// The next operation leaves a release of this status (empty: none at all) and fails.
    void failing(String status) {
        failures.add(status);
    }

    @Override
    public Outcome run(Run run, BooleanSupplier wanted) {
        last = new Properties();
        try {
            last.load(new ByteArrayInputStream(run.request().files().get("request.properties")));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        String operation = last.getProperty("operation");
        asked.add(operation);
        String failure = failures.poll();
        if (operation.equals("uninstall") && failure == null) {
            api.list(BuiltinResources.SECRETS, Query.ALL).items().stream()
                    .filter(o -> o.name().startsWith("sh.helm.release.v1.web.")).map(Obj::key)
                    .forEach(key -> api.vanish(BuiltinResources.SECRETS, key));
            return new Outcome(true, true, "");
        }
        if (failure == null) {
            record("deployed");
            return new Outcome(true, true, "");
        }
        if (!failure.isEmpty()) {
            record(failure);
        }
        return new Outcome(false, true, "it does not work");
    }

    /// A further revision.
    void record(String status) {
        revision++;
        String name = "sh.helm.release.v1.web.v" + revision;
        api.seed(BuiltinResources.SECRETS, Obj.of(Struct.of("apiVersion", "v1", "kind", "Secret", "metadata",
                Struct.of("name", name, "namespace", "default", "labels",
                        Struct.of("owner", "helm", "name", "web", "version", Integer.toString(revision), "status",
                                status)),
                "type", "helm.sh/release.v1", "data", Struct.of("release", PACKED))));
    }

    /// The labels of a revision.
    Obj revision(int number) {
        return api.get(BuiltinResources.SECRETS, new Key("default", "sh.helm.release.v1.web.v" + number));
    }
}
