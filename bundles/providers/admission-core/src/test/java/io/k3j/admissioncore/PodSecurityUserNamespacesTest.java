package io.k3j.admissioncore;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.podsecurity.PodSecurityChecks;
import io.k3j.podsecurity.PodSecurityLevel;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What a pod in a user namespace of its own may do, which others may not.
class PodSecurityUserNamespacesTest {
    private static final String PROC = "procMount (container \"c\" must not set securityContext.procMount to"
            + " \"Unmasked\")";

    private static List<String> violations(Struct context, boolean hostUsers, String level, int minor) {
        Struct pod = Struct.of("spec", Struct.of("hostUsers", hostUsers, "containers",
                Seq.of(Struct.of("name", "c", "securityContext", context))));
        return PodSecurityChecks.violations(pod, new PodSecurityLevel(level, "v1." + minor, minor));
    }

    @Test
    void rootInTheNamespaceIsNobodyOnTheHost() {
        Struct root = Struct.of("allowPrivilegeEscalation", false, "runAsNonRoot", false, "runAsUser", 0,
                "capabilities", Struct.of("drop", List.of("ALL")), "seccompProfile",
                Struct.of("type", "RuntimeDefault"));
        assertThat(violations(root, false, "restricted", 35)).isEmpty();
        assertThat(violations(root, false, "restricted", 34)).as("of a version before").hasSize(2);
        assertThat(violations(root, true, "restricted", 36)).hasSize(2);
    }

    @Test
    void allOfProcIsSeenByTheBaselineOnlyAndFromItsVersionOn() {
        Struct unmasked = Struct.of("procMount", "Unmasked");
        assertThat(violations(unmasked, false, "baseline", 35)).isEmpty();
        assertThat(violations(unmasked, false, "baseline", 34)).containsExactly(PROC);
        assertThat(violations(unmasked, true, "baseline", 36)).containsExactly(PROC);
        assertThat(violations(unmasked, false, "restricted", 36)).contains(PROC);
    }
}
