#include "cmd_backtest_impl.h"
bool backtest_read_prometheus(struct backtesting *t, struct err *err)
{
	(void)t; err_add(err, "todo"); return false;
}
