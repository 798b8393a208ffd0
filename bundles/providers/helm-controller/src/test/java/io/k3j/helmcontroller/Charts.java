package io.k3j.helmcontroller;

import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;

/// HelmCharts for tests.
final class Charts {
    private Charts() {
    }

    static Obj chart(Object... spec) {
        return Obj.of(Struct.of("apiVersion", HelmKinds.API, "kind", "HelmChart", "metadata",
                Struct.of("name", "web", "namespace", "default"), "spec", Struct.of(spec)));
    }

    static ReleaseInput input(Struct spec, Struct config, Map<String, Struct> secrets) {
        return new ReleaseInput(chart().with(spec, "spec"), config, secrets, Struct.EMPTY);
    }

    static ReleaseInput input(Object... spec) {
        return input(Struct.of(spec), Struct.EMPTY, Map.of());
    }

    static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
