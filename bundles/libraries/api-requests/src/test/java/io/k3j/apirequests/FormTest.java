package io.k3j.apirequests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.clientapi.ApiFault;
import org.junit.jupiter.api.Test;

class FormTest {
    private static final Form.Offer ALL = new Form.Offer(true, true, true, false, false);

    private static Form of(String accept, Form.Offer offer) {
        return Form.negotiate(accept, offer, false);
    }

    @Test
    void isJsonForWhoDoesNotSay() {
        assertThat(of("", ALL)).isEqualTo(Form.JSON);
        assertThat(of("*/*", ALL)).isEqualTo(Form.JSON);
    }

    @Test
    void isWhatTheClientPrefersOfWhatThereIs() {
        String kubectl = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";
        assertThat(of(kubectl, ALL).as()).isEqualTo(Form.As.TABLE);
        assertThat(of(kubectl, Form.Offer.PLAIN).as()).isEqualTo(Form.As.OBJECT);
        String clientGo = "application/vnd.kubernetes.protobuf,application/json";
        assertThat(of(clientGo, ALL).type()).isEqualTo(Form.Type.PROTOBUF);
        assertThat(of(clientGo, Form.Offer.PLAIN).type()).isEqualTo(Form.Type.JSON);
        assertThat(of("application/json;q=0.4,application/yaml;q=0.9", ALL).type()).isEqualTo(Form.Type.YAML);
    }

    @Test
    void isRefusedWhenThereIsNone() {
        assertThatThrownBy(() -> of("application/vnd.kubernetes.protobuf", Form.Offer.PLAIN))
                .isInstanceOfSatisfying(ApiFault.class, fault -> assertThat(fault.code()).isEqualTo(406));
        assertThatThrownBy(() -> of("text/html", ALL)).isInstanceOf(ApiFault.class);
    }
}
