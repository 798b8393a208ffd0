package io.k3j.apirequests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.clientapi.ApiFault;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Selector;
import org.junit.jupiter.api.Test;

class RequestInfoTest {
    private static RequestInfo of(String method, String path, String query) {
        return RequestInfo.of(method, RequestPath.of(path), Params.parse(query));
    }

    @Test
    void anObjectInANamespace() {
        RequestInfo info = of("PATCH", "/apis/apps/v1/namespaces/a/deployments/x/scale", "");
        assertThat(info.gvr()).isEqualTo(new Gvr("apps", "v1", "deployments"));
        assertThat(info.key()).isEqualTo(new Key("a", "x"));
        assertThat(info.verb()).isEqualTo("patch");
        assertThat(info.subresource()).isEqualTo("scale");
        assertThat(info.ofOne()).isTrue();
        assertThat(info.reads()).isFalse();
    }

    @Test
    void aNamespaceIsInItself() {
        RequestInfo info = of("GET", "/api/v1/namespaces/a", "");
        assertThat(info.gvr().resource()).isEqualTo("namespaces");
        assertThat(info.namespace()).isEmpty();
        assertThat(info.authorizedNamespace()).isEqualTo("a");
        assertThat(of("PUT", "/api/v1/namespaces/a/finalize", "").subresource()).isEqualTo("finalize");
    }

    @Test
    void verbsOfCollections() {
        assertThat(of("GET", "/api/v1/pods", "").verb()).isEqualTo("list");
        assertThat(of("GET", "/api/v1/pods", "watch=1").verb()).isEqualTo("watch");
        assertThat(of("GET", "/api/v1/watch/pods", "").verb()).isEqualTo("watch");
        assertThat(of("DELETE", "/api/v1/namespaces/a/pods", "").verb()).isEqualTo("deletecollection");
    }

    @Test
    void theNameAFieldSelectorFixesCountsForAuthorisation() {
        Params params = Params.parse("fieldSelector=metadata.name%3Dx");
        assertThat(RequestInfo.of("GET", RequestPath.of("/api/v1/secrets"), params).authorizedName(params))
                .isEqualTo("x");
    }

    @Test
    void whatAListIsLimitedToCountsForAuthorisation() {
        Params params = Params.parse("labelSelector=app%3Dx,!old&fieldSelector=spec.nodeName%3Dn");
        RequestInfo list = RequestInfo.of("GET", RequestPath.of("/api/v1/pods"), params);
        assertThat(list.authorizedLabels(params)).hasToString("app=x,!old");
        assertThat(list.authorizedFields(params)).hasToString("spec.nodeName=n");
        RequestInfo one = RequestInfo.of("GET", RequestPath.of("/api/v1/namespaces/a/pods/b"), params);
        assertThat(one.authorizedLabels(params)).isEqualTo(Selector.EVERYTHING);
        Params wrong = Params.parse("labelSelector=a%3D%3D%3Db");
        assertThat(list.authorizedLabels(wrong)).isEqualTo(Selector.EVERYTHING);
    }

    @Test
    void whoMayDeleteOneMayNotDeleteACollection() {
        Params params = Params.parse("fieldSelector=metadata.name%3Dx");
        assertThat(RequestInfo.of("DELETE", RequestPath.of("/api/v1/namespaces/a/secrets"), params)
                .authorizedName(params)).isEmpty();
    }

    @Test
    void otherPathsAreNoResources() {
        assertThat(of("GET", "/healthz/etcd", "").resource()).isFalse();
        assertThat(of("GET", "/apis/apps/v1", "").resource()).isFalse();
    }

    @Test
    void whatFollowsAConnectionStaysAsItWasSent() {
        assertThat(of("GET", "/api/v1/namespaces/a/services/s/proxy/b%2Fc//d", "").rest()).isEqualTo("/b%2Fc//d");
    }

    @Test
    void aNameCannotHoldASlash() {
        assertThatThrownBy(() -> of("GET", "/api/v1/namespaces/a/pods/b%2Fc", ""))
                .isInstanceOfSatisfying(ApiFault.class, fault -> assertThat(fault.code()).isEqualTo(400));
    }
}
