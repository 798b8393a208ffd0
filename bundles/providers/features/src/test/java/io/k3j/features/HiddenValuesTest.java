package io.k3j.features;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.componentapi.Components.Setting;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HiddenValuesTest {
    @ParameterizedTest
    @CsvSource({"token,K10abc", "agentToken,x", "etcdS3SecretKey,x", "etcdS3AccessKey,x", "vpnAuth,name=tailscale",
            "adminPassword,x", "joinKey,x", "databasePwd,x",
            "datastoreEndpoint,postgres://u:p@10.0.0.1/k3s", "kubeApiserverArg,audit-token=x",
            "datastoreEndpoint,host=a user=b password=c"})
    void hidesSecretsAndWhatMayHoldOne(String name, String value) {
        assertThat(HiddenValues.shown(name, value)).isEqualTo(Setting.HIDDEN);
    }

    @ParameterizedTest
    @CsvSource({"clusterCidr,10.42.0.0/16", "tokenFile,/etc/token", "kubeApiserverArg,token-auth-file=/etc/tokens",
            "kubeApiserverArg,audit-log-path=-", "datastoreEndpoint,http://10.0.0.1:2379", "vpnAuthFile,/etc/vpn",
            "kubeApiserverArg,authorization-mode=Node", "datastoreKeyfile,/etc/key"})
    void tellsWhatIsNone(String name, String value) {
        assertThat(HiddenValues.shown(name, value)).isEqualTo(value);
    }

    @Test
    void tellsThatThereIsNoneAndKeepsToOneLine() {
        assertThat(HiddenValues.shown("token", "")).isEmpty();
        assertThat(HiddenValues.shown("note", "one\ntwo")).isEqualTo("one two");
    }
}
