package io.k3j.celestimates;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ExtentTest {
    @Test
    void whatHasNoBoundStaysSoWhateverIsAdded() {
        assertThat(Extent.sum(Extent.UNBOUNDED, 1)).isEqualTo(Extent.UNBOUNDED);
        assertThat(Extent.product(Extent.UNBOUNDED, 2)).isEqualTo(Extent.UNBOUNDED);
        assertThat(Extent.product(Extent.UNBOUNDED, 0)).isZero();
        assertThat(Extent.UNKNOWN.plus(Extent.of(3)).most()).isEqualTo(Extent.UNBOUNDED);
    }
}
