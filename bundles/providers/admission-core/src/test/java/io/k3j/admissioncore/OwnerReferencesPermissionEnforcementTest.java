package io.k3j.admissioncore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.apiserverapi.Caller;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.clientapi.ApiClient;
import io.k3j.model.Struct;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OwnerReferencesPermissionEnforcementTest {
    private static final String ENABLE = "enable-admission-plugins=OwnerReferencesPermissionEnforcement";
    private static final Caller ANNE = Caller.of("anne", List.of());
    private final Stage stage = new Stage();
    private final List<String> asked = new ArrayList<>();

    @AfterEach
    void close() {
        stage.close();
    }

    /// A plug-in whose reviews allow `verb resource/subresource`.
    private OwnerReferencesPermissionEnforcement allowing(String... rights) {
        ApiClient api = (ApiClient) Proxy.newProxyInstance(ApiClient.class.getClassLoader(),
                new Class<?>[] {ApiClient.class}, (proxy, method, args) -> {
                    if (!method.getName().equals("post")) {
                        return method.invoke(stage.api, args);
                    }
                    Struct what = ((Struct) args[3]).struct("spec").struct("resourceAttributes");
                    String right = what.text("verb") + " " + what.text("resource") + "/" + what.text("subresource");
                    asked.add(right + " " + what.text("namespace") + "/" + what.text("name"));
                    return Struct.of("status", Struct.of("allowed", Set.of(rights).contains(right)));
                });
        return new OwnerReferencesPermissionEnforcement(new Listers(api), ENABLE);
    }

    private static Struct owned(Object... blocking) {
        Struct owner = Struct.of("apiVersion", "apps/v1", "kind", "ReplicaSet", "name", "rs", "uid", "u");
        return Stage.pod(Struct.EMPTY).withAt(List.of(blocking.length == 0 ? owner
                : owner.with("blockOwnerDeletion", blocking[0])), "metadata", "ownerReferences");
    }

    private Write update(Struct before) {
        Write plain = stage.write(Operation.UPDATE, Listers.PODS, "Pod", ANNE);
        return new Write(Operation.UPDATE, plain.kind(), "", plain.key(), Optional.of(before), ANNE, false,
                Struct.EMPTY);
    }

    @Test
    void whoMayDeleteAnObjectMayGiveItAnOwner() {
        Struct free = Stage.pod(Struct.EMPTY);
        allowing("delete pods/").validate(update(free), owned());
        assertThat(asked).containsExactly("delete pods/ default/p");
        assertThatThrownBy(() -> allowing().validate(update(free), owned())).hasMessage("pods \"p\" is forbidden:"
                + " cannot set an ownerRef on a resource you can't delete: , <nil>");
        assertThatThrownBy(() -> allowing().validate(update(owned()), free)).as("taking it away")
                .hasMessageContaining("cannot set an ownerRef");
    }

    @Test
    void whoMaySetFinalizersOfAnOwnerMayKeepItFromBeingDeleted() {
        Write creation = stage.write(Operation.CREATE, Listers.PODS, "Pod", ANNE);
        allowing().validate(creation, owned(false));
        assertThat(asked).as("of what somebody makes himself").isEmpty();
        allowing("update replicasets/finalizers").validate(creation, owned(true));
        assertThat(asked).containsExactly("update */finalizers /*", "update replicasets/finalizers default/rs");
        assertThatThrownBy(() -> allowing().validate(creation, owned(true))).hasMessageContaining(
                "refers to a resource you can't set finalizers on: , <nil>");
        assertThatThrownBy(() -> allowing("delete pods/").validate(update(owned(false)), owned(true)))
                .hasMessageContaining("can't set finalizers on");
    }

    @Test
    void whatStaysAsItIsNeedsNoRight() {
        allowing().validate(update(owned(true)), owned(true).withAt("x", "metadata", "labels", "a"));
        assertThat(asked).isEmpty();
        Write write = update(owned());
        assertThat(allowing().handles(write)).isTrue();
        assertThat(new OwnerReferencesPermissionEnforcement(stage.world).handles(write)).isFalse();
        Struct strange = owned(true).withAt(List.of(Struct.of("apiVersion", "x/v1", "kind", "Y", "name", "y", "uid",
                "v", "blockOwnerDeletion", true)), "metadata", "ownerReferences");
        assertThatThrownBy(() -> allowing("delete pods/").validate(write, strange)).hasMessageEndingWith(
                "cannot find RESTMapping for APIVersion x/v1 Kind Y: no matches for kind \"Y\" in version \"x/v1\"");
        allowing("delete pods/", "update */finalizers").validate(write, strange);
    }
}
