package io.k3j.flannelconf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.k3j.componenthelpers.Cidr;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FlannelConfTest {
    private static final List<Cidr> DUAL = List.of(Cidr.parse("10.42.0.0/16"), Cidr.parse("fd00:42::/56"));
    private static final List<Cidr> IPV4 = DUAL.subList(0, 1);
    @TempDir
    private Path files;

    private FlannelConf read(String json, List<Cidr> cluster) throws IOException {
        return FlannelConf.read(Files.writeString(files.resolve("net-conf.json"), json), cluster);
    }

    @Test
    void readsTheOptionsOfABackendWhateverTheirCase() throws IOException {
        Backend vxlan = read("""
                {"Network": "10.0.0.0/8", "EnableIPv6": true, "IPv6Network": "fd00:42::/56", "SubnetLen": 24,
                 "Backend": {"type": "vxlan", "VNI": 7, "port": 4789, "DirectRouting": true, "MTU": 1400}}""", DUAL)
                .backend();
        assertThat(vxlan).isEqualTo(
                new Backend(BackendType.VXLAN, 1400, 7, 4789, 51821, true, false, false, 0, ""));
        assertThat(read("""
                {"Network": "10.42.0.0/16", "Backend": {"Type": "wireguard", "ListenPort": 6000,
                 "PersistentKeepaliveInterval": 5, "Mode": "separate", "PSK": "%s="}}""".formatted("A".repeat(43)),
                IPV4)
                .backend()).isEqualTo(new Backend(BackendType.WIREGUARD, 0, 1, 6000, 51821, false, false, false, 5,
                        "A".repeat(43) + "="));
    }

    @Test
    void readsTheFileOfThePage() throws IOException {
        String page = Files.readString(Path.of("../../../docs/networking.md"));
        Backend backend = read(page.split("```json\n")[1].split("```")[0], DUAL).backend();
        assertThat(backend).isEqualTo(
                new Backend(BackendType.VXLAN, 0, 7, 4789, 51821, true, false, false, 0, ""));
    }

    @Test
    void aNetworkMayBeLargerThanTheCluster() throws IOException {
        assertThat(read("{\"Network\": \"10.0.0.0/8\", \"Backend\": {\"Type\": \"vxlan\"}}", IPV4).networks())
                .containsExactly(Cidr.parse("10.0.0.0/8"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "not json|no JSON object",
            "[1]|no JSON object",
            "{\"Network\": \"10.42.0.0/16\"}|EnableIPv6 is \"false\", it must be true, for --cluster-cidr is [10.42.0.0/16, fd00:42::/56]",
            "{\"EnableIPv4\": false, \"EnableIPv6\": false}|EnableIPv4 is \"false\", it must be true",
            "{\"Network\": \"10.42.0.0/16\", \"EnableIPv6\": \"yes\"}|EnableIPv6 is \"yes\", it must be true or false",
            "{\"EnableIPv6\": true, \"Network\": \"10.42.0.0\"}|Network is \"10.42.0.0\", it must be a network such as",
            "{\"EnableIPv6\": true, \"Network\": \"10.99.0.0/16\"}|Network is \"10.99.0.0/16\", it must be --cluster-cidr",
            "{\"EnableIPv6\": true, \"Network\": \"10.42.0.0/16\", \"IPv6Network\": \"10.42.0.0/16\"}|IPv6Network is"})
    void whatIsUnreadableOrContradictsTheClusterIsOneClearError(String json, String part) {
        assertThatIllegalArgumentException().isThrownBy(() -> read(json, DUAL)).withMessageContaining(part)
                .withMessageContaining("--flannel-conf " + files.resolve("net-conf.json"))
                .withMessageContaining("mend the file");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "{}|Backend.Type is \"\", it must be one of vxlan, host-gw, wireguard",
            "{\"Type\": \"udp\"}|Backend.Type is \"udp\"",
            "{\"Type\": \"vxlan\", \"VNI\": 0}|Backend.VNI is \"0\", it must be a whole number from 1 to 16777215",
            "{\"Type\": \"vxlan\", \"Port\": \"4789\"}|Backend.Port is \"4789\", it must be a whole number",
            "{\"Type\": \"vxlan\", \"DirectRouting\": 1}|Backend.DirectRouting is \"1\", it must be true or false",
            "{\"Type\": \"wireguard\", \"Mode\": \"auto\"}|Backend.Mode is \"auto\", it must be separate",
            "{\"Type\": \"wireguard\", \"PSK\": \"!1zSuHf2rVxoZKXqhuQ2RFmOSM7ZnN3s3F1mWbdmNzI=\"}|Backend.PSK is \"…\", it must be a key",
            "{\"Type\": \"wireguard\", \"PSK\": \"secret\"}|Backend.PSK is \"…\", it must be a key"})
    void anOptionThatCannotBeKeptIsRefused(String backend, String part) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> read("{\"Network\": \"10.42.0.0/16\", \"Backend\": " + backend + "}", IPV4))
                .withMessageContaining(part);
    }

    @Test
    void aFileThatIsMissingIsNamed() {
        assertThatIllegalArgumentException().isThrownBy(() -> FlannelConf.read(files.resolve("none"), IPV4))
                .withMessageContaining("none: it cannot be read: NoSuchFileException");
    }

    @Test
    void writesTheFileAsK3sDoes() throws IOException {
        byte[] text = FlannelConf.ofFlags("wireguard-native", DUAL).text();
        assertThat(new String(text, StandardCharsets.UTF_8)).contains("\"Type\": \"wireguard\"",
                "\"PersistentKeepaliveInterval\": 25", "\"IPv6Network\": \"fd00:42::/56\"");
        assertThat(FlannelConf.read(Files.write(files.resolve("own"), text), DUAL))
                .isEqualTo(FlannelConf.ofFlags("wireguard-native", DUAL));
    }

    @Test
    void refusesAnUnknownBackendInK3sWords() {
        assertThatIllegalArgumentException().isThrownBy(() -> FlannelConf.ofFlags("ipsec", IPV4))
                .withMessage("Cannot configure unknown flannel backend 'ipsec'");
    }
}
