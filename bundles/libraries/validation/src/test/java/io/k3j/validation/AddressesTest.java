package io.k3j.validation;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import org.junit.jupiter.api.Test;

class AddressesTest {
    @Test
    void addressesAndPrefixesAreToldFromOtherTexts() {
        assertThat(Addresses.isIp("10.0.0.1")).isTrue();
        assertThat(Addresses.isIp("fd00::1")).isTrue();
        assertThat(Addresses.isIp("64:ff9b::10.0.0.1")).isTrue();
        assertThat(Addresses.isIp("10.0.0.01")).isFalse();
        assertThat(Addresses.isIp("10.0.0")).isFalse();
        assertThat(Addresses.isIp("fd00:::1")).isFalse();
        assertThat(Addresses.isPrefix("10.0.0.0/8")).isTrue();
        assertThat(Addresses.isPrefix("fd00::/129")).isFalse();
        assertThat(Addresses.isPrefix("10.0.0.0")).isFalse();
    }

    @Test
    void anAddressHasOneFamilyAndNoZone() {
        for (String text : List.of("::ffff:10.0.0.1", "::FFFF:a00:1", "0:0:0:0:0:ffff:a00:1", "fe80::1%1", "10.1",
                "\uff11::1", "1.2.3.4::", "1:1.2.3.4::5")) {
            assertThat(Addresses.isIp(text)).as(text).isFalse();
            assertThat(Addresses.isPrefix(text + "/32")).as(text).isFalse();
        }
    }

    @Test
    void olderFieldsSayWhatTheyDoNotTake() {
        for (String text : List.of("10.0.0.1", "fd00::1", "FD00:0::1")) {
            assertThat(Addresses.legacy(text)).as(text).isEmpty();
        }
        assertThat(Addresses.legacy("10.0.0.01")).isEqualTo("must not have leading 0s");
        assertThat(Addresses.legacy("::ffff:10.0.0.1")).isEqualTo("must not be an IPv4-mapped IPv6 address");
        for (String text : List.of("", "10.1", "fe80::1%1", "a.example", "256.0.0.1")) {
            assertThat(Addresses.legacy(text)).as(text).isEqualTo(Addresses.MUST_BE_IP);
        }
    }

    @Test
    void endpointsHaveNoSpecialAddresses() {
        Struct metadata = Struct.of("name", "a", "namespace", "default");
        assertThat(Addresses.special(metadata, "10.0.0.1")).isEmpty();
        assertThat(Addresses.special(metadata, "127.0.0.1")).contains("loopback");
        assertThat(Addresses.special(metadata, "169.254.1.1")).contains("link-local");
        assertThat(Addresses.special(metadata, "::")).isEqualTo("may not be unspecified (::)");
        assertThat(Addresses.special(Struct.of("name", "kubernetes", "namespace", "default"), "127.0.0.1")).isEmpty();
    }

    @Test
    void selectorsAreCheckedWhereTheyStand() {
        Problems p = Problems.none();
        LabelSelectorRules.check(Struct.of("matchLabels", Struct.of("a", "b"), "matchExpressions",
                Seq.of(Struct.of("key", "a", "operator", "In"), Struct.of("key", "a", "operator", "Exists"))),
                p.at("spec").at("selector"));
        assertThat(p.found()).hasSize(1).allSatisfy(f -> assertThat(f.toString())
                .startsWith("spec.selector.matchExpressions[0].values: Required value"));
    }
}
