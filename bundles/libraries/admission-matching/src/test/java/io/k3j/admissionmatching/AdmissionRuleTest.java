package io.k3j.admissionmatching;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.Write.Operation;
import io.k3j.model.Gvr;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdmissionRuleTest {
    private static Seq words(String text) {
        return Seq.copyOf(Arrays.asList(text.split("\\+")).stream().map(w -> w.equals("core") ? "" : w).toList());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            // operations|groups|versions|resources|scope  |operation|group|version|resource|sub|in namespace|matches
            "CREATE       |core|v1   |pods           |*         |CREATE |core|v1     |pods      |      |true |true",
            "CREATE       |core|v1   |pods           |*         |UPDATE |core|v1     |pods      |      |true |false",
            "CREATE+UPDATE|core|v1   |pods           |*         |UPDATE |core|v1     |pods      |      |true |true",
            "*            |core|v1   |pods           |*         |DELETE |core|v1     |pods      |      |true |true",
            "*            |apps|*    |deployments    |*         |CREATE |apps|v1     |deployments|     |true |true",
            "*            |apps|*    |deployments    |*         |CREATE |core|v1     |deployments|     |true |false",
            "*            |*   |v1   |*              |*         |CREATE |apps|v1beta1|deployments|     |true |false",
            "*            |*   |*    |*              |*         |CREATE |core|v1     |pods      |      |true |true",
            "*            |*   |*    |*              |*         |UPDATE |core|v1     |pods      |status|true |false",
            "*            |*   |*    |*/*            |*         |UPDATE |core|v1     |pods      |status|true |true",
            "*            |*   |*    |*/*            |*         |CREATE |core|v1     |pods      |      |true |true",
            "*            |*   |*    |pods/*         |*         |CREATE |core|v1     |pods      |exec  |true |true",
            "*            |*   |*    |pods/*         |*         |CREATE |core|v1     |pods      |      |true |true",
            "*            |*   |*    |pods/exec      |*         |CONNECT|core|v1     |pods      |exec  |true |true",
            "*            |*   |*    |pods/exec      |*         |CONNECT|core|v1     |pods      |attach|true |false",
            "*            |*   |*    |*/scale        |*         |UPDATE |apps|v1     |deployments|scale|true |true",
            "*            |*   |*    |*              |Namespaced|CREATE |core|v1     |pods      |      |true |true",
            "*            |*   |*    |*              |Namespaced|CREATE |core|v1     |nodes     |      |false|false",
            "*            |*   |*    |*              |Cluster   |CREATE |core|v1     |nodes     |      |false|true",
            "*            |*   |*    |*              |Cluster   |CREATE |core|v1     |pods      |      |true |false",
            "*            |*   |*    |*              |Namespaced|UPDATE |core|v1     |namespaces|      |true |false",
            "*            |*   |*    |*              |Cluster   |UPDATE |core|v1     |namespaces|      |true |true"})
    void matchesAsItSays(String operations, String groups, String versions, String resources, String scope,
            Operation operation, String group, String version, String resource, String sub, boolean inNamespace,
            boolean matches) {
        AdmissionRule rule = AdmissionRule.of(Struct.of("operations", words(operations), "apiGroups", words(groups),
                "apiVersions", words(versions), "resources", List.of(resources), "scope", scope));
        assertThat(rule.matches(operation, new Gvr(group.equals("core") ? "" : group, version, resource),
                sub == null ? "" : sub, inNamespace)).isEqualTo(matches);
    }
}
