package io.k3j.admissioncore;

import io.k3j.admissionkit.WriteAttributes;
import io.k3j.apimachinery.ComponentArguments;
import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Write;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.Map;
import java.util.TreeMap;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;

/// Adds tolerations for the taints `not-ready` and `unreachable` to a pod that has none for them: of 300 seconds, or
/// of what `--kube-apiserver-arg=default-not-ready-toleration-seconds` and `default-unreachable-toleration-seconds`
/// say. An update that drops them gets them back: upstream admits updates too.
@Component(service = Admission.class, property = "order:Integer=150", configurationPid = "io.k3j.admissioncore",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class DefaultTolerationSeconds implements Admission {
    private static final long SECONDS = 300;
    private final Map<String, Long> seconds = new TreeMap<>();

    /// Looks at the flags.
    ///
    /// @throws IllegalArgumentException for what is no whole number; the message names the argument
    @Activate
    public DefaultTolerationSeconds(AdmissionSettings settings) {
        this(settings.kubeApiserverArg());
    }

    DefaultTolerationSeconds(String... arguments) {
        ComponentArguments given = ComponentArguments.of("--kube-apiserver-arg", arguments);
        for (String taint : new String[] {"not-ready", "unreachable"}) {
            seconds.put("node.kubernetes.io/" + taint,
                    given.whole("default-" + taint + "-toleration-seconds", SECONDS, Long.MIN_VALUE));
        }
    }

    @Override
    public String name() {
        return "DefaultTolerationSeconds";
    }

    @Override
    public boolean handles(Write write) {
        return WriteAttributes.createsOrUpdates(write, "pods");
    }

    @Override
    public Struct admit(Write write, Struct pod) {
        Seq tolerations = pod.struct("spec").seq("tolerations");
        for (Map.Entry<String, Long> taint : seconds.entrySet()) {
            if (tolerations.structs().stream().noneMatch(t -> tolerates(t, taint.getKey()))) {
                tolerations = tolerations.plus(Struct.of("key", taint.getKey(), "operator", "Exists", "effect",
                        "NoExecute", "tolerationSeconds", taint.getValue()));
            }
        }
        return pod.withAt(tolerations, "spec", "tolerations");
    }

    private static boolean tolerates(Struct t, String key) {
        boolean same = t.text("key").equals(key) || t.text("key").isEmpty();
        return same && (t.text("effect").equals("NoExecute") || t.text("effect").isEmpty());
    }
}
