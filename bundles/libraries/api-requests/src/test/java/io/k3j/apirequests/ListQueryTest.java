package io.k3j.apirequests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.clientapi.ApiFault;
import io.k3j.objectregistry.ListOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
    @ValueSource(strings = {"9223372036854775807", "9223372036854775808", "18446744073709551615"})
    void takesANumberBeyondAllRevisionsForTheLargest(String revision) {
        Params params = Params.parse("resourceVersion=" + revision);
        assertThat(ListQuery.options(params, false).revision()).isEqualTo(Long.MAX_VALUE);
        assertThat(ListQuery.options(params, true).revision()).isEqualTo(Long.MAX_VALUE);
    }

    @ParameterizedTest
    @CsvSource({"18446744073709551616,value out of range", "-1,invalid syntax", "%2B1,invalid syntax",
            "%D9%A1,invalid syntax"})
    void saysWhyAVersionIsNone(String revision, String why) {
        assertThatThrownBy(() -> ListQuery.options(Params.parse("resourceVersion=" + revision), false))
                .isInstanceOfSatisfying(ApiFault.class, fault -> assertThat(fault.code()).isEqualTo(400))
                .hasMessageStartingWith("resourceVersion: Invalid value: \"").hasMessageEndingWith(": " + why);
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
