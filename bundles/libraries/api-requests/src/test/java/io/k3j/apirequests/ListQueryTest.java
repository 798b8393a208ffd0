package io.k3j.apirequests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.clientapi.ApiFault;
import io.k3j.objectregistry.ListOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ListQueryTest {
    @Test
    void readsWhatIsAskedFor() {
        ListOptions o = ListQuery.options(Params.parse("labelSelector=a%3Db&limit=5&resourceVersion=7"
                + "&resourceVersionMatch=NotOlderThan&timeoutSeconds=9"), false);
        assertThat(o.labels().everything()).isFalse();
        assertThat(o.fields().everything()).isTrue();
        assertThat(o.limit()).isEqualTo(5);
        assertThat(o.revision()).isEqualTo(7);
        assertThat(o.timeoutSeconds()).isEqualTo(9);
    }

    @Test
    void isMostRecentWithoutAVersion() {
        assertThat(ListQuery.options(Params.NONE, false).revision()).isEqualTo(-1);
    }

    @ParameterizedTest
    @CsvSource({"resourceVersion=x,400,false", "labelSelector=a%3D%3D%3Db,400,false", "limit=many,400,false",
            "resourceVersionMatch=Exact,422,false", "sendInitialEvents=1,422,false",
            "resourceVersionMatch=Exact&resourceVersion=0,422,false", "sendInitialEvents=1,422,true",
            "resourceVersionMatch=NotOlderThan&resourceVersion=1,422,true", "continue=x&resourceVersion=3,400,false"})
    void refusesWhatCannotBeMeant(String query, int code, boolean watch) {
        assertThatThrownBy(() -> ListQuery.options(Params.parse(query), watch))
                .isInstanceOfSatisfying(ApiFault.class, fault -> assertThat(fault.code()).isEqualTo(code));
    }
}
