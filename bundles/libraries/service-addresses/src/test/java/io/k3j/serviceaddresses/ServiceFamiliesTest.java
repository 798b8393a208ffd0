package io.k3j.serviceaddresses;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.FieldProblem;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import org.junit.jupiter.api.Test;

class ServiceFamiliesTest {
    private static final ServiceFamilies BOTH = new ServiceFamilies("IPv4", family -> true);
    private static final ServiceFamilies FOUR = new ServiceFamilies("IPv4", "IPv4"::equals);
    private static final Struct PLAIN = Struct.of("type", "ClusterIP");
    private static final Struct DUAL = addresses("10.43.0.5", "fd00::5").with("ipFamilies", Seq.of("IPv4", "IPv6"))
            .with("ipFamilyPolicy", "PreferDualStack");

    private static Struct addresses(Object... all) {
        return PLAIN.with("clusterIP", all[0]).with("clusterIPs", Seq.of(all));
    }

    private static List<String> problems(ServiceFamilies of, Struct before, Struct spec) {
        return of.problems(before, spec).stream().map(FieldProblem::toString).toList();
    }

    private static List<String> problems(Struct spec) {
        return problems(BOTH, Struct.EMPTY, spec);
    }

    @Test
    void bothFieldsOfAddressesSayTheSame() {
        assertThat(problems(addresses("10.43.0.5").with("clusterIP", "10.43.0.6"))).containsExactly(
                "spec.clusterIPs: Invalid value: [\"10.43.0.5\"]: first value must match `clusterIP`");
        assertThat(problems(addresses("10.43.0.5").without("clusterIP"))).containsExactly(
                "spec.clusterIPs: Invalid value: [\"10.43.0.5\"]: must be empty when `clusterIP` is not specified");
    }

    @Test
    void eachAddressIsOne() {
        assertThat(problems(addresses("10.43.0.05", "fd00::x"))).containsExactly(
                "spec.clusterIPs[0]: Invalid value: \"10.43.0.05\": must not have leading 0s",
                "spec.clusterIPs[1]: Invalid value: \"fd00::x\": must be a valid IP address, (e.g. 10.9.8.7 or"
                        + " 2001:db8::ffff)");
        assertThat(problems(addresses("None", "fd00::5"))).containsExactly("spec.clusterIPs: Invalid value:"
                + " [\"None\",\"fd00::5\"]: 'None' must be the first and only value");
        assertThat(problems(BOTH, addresses("10.43.0.05"), addresses("10.43.0.05"))).as("as it was stored").isEmpty();
    }

    @Test
    void addressesAndFamiliesAreOfEachSortOnce() {
        assertThat(problems(addresses("10.43.0.5", "10.43.0.6").with("ipFamilyPolicy", "RequireDualStack")))
                .containsExactly("spec.clusterIPs: Invalid value: [\"10.43.0.5\",\"10.43.0.6\"]: may specify no more"
                        + " than one IP for each IP family");
        assertThat(problems(PLAIN.with("ipFamilies", Seq.of("IPv4", "IPv4", "IPv5")))).containsExactly(
                "spec.ipFamilies[1]: Duplicate value: \"IPv4\"",
                "spec.ipFamilies[2]: Unsupported value: \"IPv5\": supported values: \"IPv4\", \"IPv6\"");
        assertThat(problems(PLAIN.with("ipFamilyPolicy", ""))).containsExactly("spec.ipFamilyPolicy: Unsupported"
                + " value: \"\": supported values: \"PreferDualStack\", \"RequireDualStack\", \"SingleStack\"");
    }

    @Test
    void familiesAreThoseOfTheClusterUnlessTheAddressesAreTheWritersOwn() {
        assertThat(problems(FOUR, Struct.EMPTY, addresses("fd00::5"))).containsExactly(
                "spec.clusterIPs[0]: Invalid value: [\"fd00::5\"]: IPv6 is not configured on this cluster");
        Struct six = PLAIN.with("ipFamilies", Seq.of("IPv6"));
        assertThat(problems(FOUR, Struct.EMPTY, six)).containsExactly(
                "spec.ipFamilies[0]: Invalid value: \"IPv6\": not configured on this cluster");
        assertThat(problems(FOUR, Struct.EMPTY, six.with("clusterIP", "None"))).isEmpty();
        assertThat(FOUR.of(six.with("clusterIP", "None")).seq("ipFamilies").texts()).containsExactly("IPv6", "IPv4");
    }

    @Test
    void whoGivesUpTheSecondSaysSo() {
        Struct one = addresses("10.43.0.5").with("ipFamilies", Seq.of("IPv4"));
        String refused = "spec.ipFamilyPolicy: Invalid value: \"PreferDualStack\": must be 'SingleStack' to release the"
                + " secondary ";
        assertThat(problems(BOTH, DUAL, one.with("ipFamilyPolicy", "PreferDualStack"))).containsExactly(
                refused + "cluster IP", refused + "IP family");
        assertThat(problems(BOTH, DUAL, one.with("ipFamilyPolicy", "SingleStack"))).isEmpty();
    }

    @Test
    void familiesAreThoseOfTheAddresses() {
        Struct spec = BOTH.of(addresses("fd00::5", "10.43.0.5").with("ipFamilyPolicy", "PreferDualStack"));
        assertThat(spec.seq("ipFamilies").texts()).containsExactly("IPv6", "IPv4");
        assertThat(BOTH.of(PLAIN).text("ipFamilyPolicy")).isEqualTo("SingleStack");
    }

    @Test
    void aServiceThatWouldLikeBothStaysUntilItsWriterChangesIt() {
        assertThat(ServiceFamilies.settled(DUAL, DUAL.with("selector", Struct.of("a", "b")))).isTrue();
        assertThat(ServiceFamilies.settled(DUAL, DUAL.with("type", "NodePort"))).isFalse();
        assertThat(ServiceFamilies.settled(Struct.EMPTY, DUAL)).isFalse();
        Struct wants = DUAL.with("ipFamilyPolicy", "RequireDualStack");
        assertThat(ServiceFamilies.settled(wants, wants)).isFalse();
    }
}
